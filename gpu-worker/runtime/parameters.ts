/** The values of a method: one flat array of what is trained, one of what only belongs to it, and where each lies. */
import type { Init, Seams, Trained } from '../nn/seams.ts';
import { forwardLayer, headLogits } from '../models/graphs.ts';
import type { Model } from '../models/model.ts';
import type { Shape } from '../onnx/graph.ts';
import { size } from '../onnx/shape.ts';

export type Entry = Pick<Trained, 'name' | 'init' | 'columns' | 'fixed'> & {
  readonly shape: Shape;
  /** first element in its flat array */
  readonly offset: number;
};

export type Parameters = {
  /** in the order of the flat array, those that are trained */
  readonly entries: readonly Entry[];
  readonly fixed: readonly Entry[];
  readonly values: Float32Array;
  has(name: string): boolean;
  /** the part of a flat array that holds a trained value */
  view(flat: Float32Array, name: string): Float32Array;
  /** the value itself, trained or fixed */
  value(name: string): Float32Array;
};

type Declared = Omit<Entry, 'offset'>;

const VIRTUAL = 'prompt_embeddings'; // PEFT's key

/** What turns ids into x and is the method's own: learned tokens, or the tables themselves. */
const ofEmbedding = ({ embedding, hidden_size, vocab_size, ...model }: Model, seams: Seams): Declared[] => {
  const { virtual, trains } = seams;
  const { table, positions } = embedding;
  const whole = (name: string, rows: number): Declared[] => {
    const key = trains?.(name, name);
    return key ? [{ name: key, shape: [rows, hidden_size], init: { weight: name } }] : [];
  };
  return [
    ...(virtual?.embeddings
      ? [{ name: VIRTUAL, shape: [virtual.count, hidden_size], init: { normal: 1 } as Init }]
      : []),
    ...whole(table, vocab_size),
    ...(positions === null ? [] : whole(positions, model.max_position_embeddings)),
  ];
};

const declaredBy = (model: Model, seams: Seams): Declared[] => {
  const shape = { b: 1, t: 1, packed: false };
  const ofLayers = Array.from({ length: model.num_hidden_layers }, (_, i) =>
    forwardLayer(model, i, seams, shape, false).trained.map(({ input, ...entry }) => ({
      ...entry,
      shape: input.shape,
    })),
  ).flat();
  const ofHead = headLogits(model, 1, seams).trained.map(({ input, ...entry }) => ({
    ...entry,
    shape: input.shape,
  }));
  return [...ofEmbedding(model, seams), ...ofLayers, ...ofHead];
};

/** Lists what the method has in this model, each name once, and makes room for it, all zero. */
export const layOut = (model: Model, seams: Seams): Parameters => {
  const known = new Map<string, Entry>();
  const [trained, fixed]: [Entry[], Entry[]] = [[], []];
  let [offset, fixedOffset] = [0, 0];
  for (const declared of declaredBy(model, seams)) {
    if (known.has(declared.name)) continue;
    const entry = { ...declared, offset: declared.fixed ? fixedOffset : offset };
    known.set(entry.name, entry);
    if (entry.fixed) fixedOffset += size(entry.shape);
    else offset += size(entry.shape);
    (entry.fixed ? fixed : trained).push(entry);
  }
  const values = new Float32Array(offset);
  const kept = new Float32Array(fixedOffset);
  const find = (name: string): Entry => {
    const entry = known.get(name);
    if (!entry) throw new TypeError(`${name} is no value of the method`);
    return entry;
  };
  const part = (flat: Float32Array, { offset: from, shape }: Entry) =>
    flat.subarray(from, from + size(shape));
  return {
    entries: trained,
    fixed,
    values,
    has: (name) => known.has(name),
    view: (flat, name) => {
      const entry = find(name);
      if (entry.fixed) throw new TypeError(`${name} is not trained`);
      return part(flat, entry);
    },
    value: (name) => {
      const entry = find(name);
      return part(entry.fixed ? kept : values, entry);
    },
  };
};

/** Adds a tensor's gradient to its part of a flat array. */
export const addTo = ({ view }: Parameters, flat: Float32Array, name: string, part: Float32Array): void => {
  const into = view(flat, name);
  for (let i = 0; i < into.length; i++) into[i]! += part[i]!;
};

/** The learned tokens of prompt tuning [n, C], null where the method has none. */
export const virtualTokens = (parameters: Parameters | null): string | null =>
  parameters?.has(VIRTUAL) ? VIRTUAL : null;
