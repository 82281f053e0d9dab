/** Trained values: one flat array, and where each tensor of the adapter file lies in it. */
import { size } from '../onnx/shape.ts';
import type { Shape } from '../onnx/graph.ts';
import type { Init, Seams } from '../nn/scope.ts';
import { forwardLayer } from '../models/graphs.ts';
import type { Model } from '../models/model.ts';
import { AppError } from '../../shared/errors.ts';
import { uniformAt } from '../../shared/random.ts';

export type Entry = {
  /** key in the adapter file */
  readonly name: string;
  readonly shape: Shape;
  readonly init: Init;
  /** first element in the flat array */
  readonly offset: number;
};

export type Parameters = {
  readonly entries: readonly Entry[];
  readonly values: Float32Array;
  /** the part of a flat array that holds a tensor */
  view(flat: Float32Array, name: string): Float32Array;
};

/** Lists what the method trains in this model, and makes room for it, all zero. */
export const layOut = (model: Model, seams: Seams): Parameters => {
  const entries: Entry[] = [];
  let offset = 0;
  for (let i = 0; i < model.num_hidden_layers; i++)
    for (const { name, input, init } of forwardLayer(model, i, seams, { b: 1, t: 1, packed: false }, false)
      .trained) {
      entries.push({ name, shape: input.shape, init, offset });
      offset += size(input.shape);
    }
  const at = new Map(entries.map((e) => [e.name, e]));
  return {
    entries,
    values: new Float32Array(offset),
    view: (flat, name) => {
      const entry = at.get(name);
      if (!entry) throw new TypeError(`${name} is not trained`);
      return flat.subarray(entry.offset, entry.offset + size(entry.shape));
    },
  };
};

/** PEFT's defaults: A uniform in ±1/√in (Kaiming with a = √5), B zero. A tensor's values depend on seed and name alone. */
export const initialise = ({ entries, values, view }: Parameters, seed: number): void => {
  for (const { name, shape, init } of entries) {
    const into = view(values, name);
    if (init === 'zeros') into.fill(0);
    else {
      const bound = 1 / Math.sqrt(shape.at(-1)!);
      const at = uniformAt(seed, name);
      for (let i = 0; i < into.length; i++) into[i] = (at(i) * 2 - 1) * bound;
    }
  }
};

type Tensors = ReadonlyMap<string, { readonly shape: Shape; readonly data: Float32Array }>;

/** Takes every value from an adapter's tensors; one missing, left over or of another shape is an error that names it. */
export const take = ({ entries, values, view }: Parameters, tensors: Tensors): void => {
  const wrong = [
    ...entries.flatMap(({ name, shape }) => {
      const given = tensors.get(name)?.shape;
      if (!given) return [`${name} is missing`];
      return String(given) === String(shape) ? [] : [`${name} is [${given}], the model wants [${shape}]`];
    }),
    ...[...tensors.keys()]
      .filter((name) => !entries.some((e) => e.name === name))
      .map((name) => `${name} has no place`),
  ];
  if (wrong.length > 0)
    throw new AppError(
      'unsupported_model',
      `The adapter does not fit this base: ${wrong.slice(0, 5).join('; ')}`,
      {
        wrong,
      },
    );
  for (const { name } of entries) view(values, name).set(tensors.get(name)!.data);
};

export const toTensors = ({
  entries,
  values,
  view,
}: Parameters): Map<string, { shape: Shape; data: Float32Array }> =>
  new Map(entries.map(({ name, shape }) => [name, { shape, data: view(values, name) }]));
