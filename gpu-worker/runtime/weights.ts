/** Frozen weights as tensors, each read once, in float32, under the checkpoint's names. */
import type { Model } from '../models/model.ts';
import type { Form } from '../nn/seams.ts';
import type { Shape } from '../onnx/graph.ts';
import { same, size } from '../onnx/shape.ts';
import { AppError } from '../../shared/errors.ts';
import type { Base } from '../weights/base.ts';
import { type Feeds, type Tensor, tensor } from './session.ts';

export type Weights = {
  /** throws `unsupported_model` where the checkpoint has another shape or no such tensor */
  tensor(name: string, shape: Shape, form?: Form): Tensor;
  /** float32 values, row-major */
  data(name: string): Float32Array;
  /** reads a tensor of so many elements elsewhere, and keeps nothing of it here */
  copy(name: string, into: Float32Array): void;
  /** lets go of what has been read; it is read again where asked for again */
  forget(): void;
};

export const openWeights = (base: Pick<Base, 'read' | 'shape' | 'has'>): Weights => {
  // checkpoints of a bare model (openai-community/gpt2) leave out the name of what wraps it
  const stored = (name: string) => (base.has(name) ? name : name.replace(/^(transformer|model)\./, ''));
  const known = new Map<string, { data: Float32Array; tensor: Tensor }>();
  const load = (name: string) => {
    let found = known.get(name);
    if (!found) {
      const data = base.read(stored(name));
      known.set(name, (found = { data, tensor: tensor(data, base.shape(stored(name))) }));
    }
    return found;
  };
  return {
    tensor: (name, shape, form) => {
      if (form) throw new TypeError(`${name} is asked for in bits, and is here as float32`);
      const found = base.shape(stored(name));
      if (!same(found, shape))
        throw new AppError(
          'unsupported_model',
          `${name} is [${found}] in the checkpoint, [${shape}] by config.json`,
        );
      return load(name).tensor;
    },
    data: (name) => load(name).data,
    copy: (name, into) => {
      base.read(stored(name), into);
    },
    forget: () => known.clear(),
  };
};

/** The same weights, read once and held until they are let go of, however often they are asked for meanwhile. */
export const holding = (weights: Weights): Weights => {
  const held = new Map<string, Float32Array>();
  return {
    ...weights,
    tensor: (name, shape) => {
      let data = held.get(name);
      if (!data) {
        held.set(name, (data = new Float32Array(size(shape))));
        weights.copy(name, data);
      }
      return tensor(data, shape);
    },
    forget: () => held.clear(),
  };
};

/** cos.i and sin.i of the first `places` positions, [places, R/2] each, for every kind of rotary embedding of the model;
 *  `reached` of them are tokens'. */
export const rotaryTables = ({ ropes }: Model, places: number, reached: number): Feeds => {
  const feeds: Record<string, Tensor> = {};
  for (const [i, { inverse: short, factor, beyond }] of ropes.entries()) {
    const inverse = beyond && reached > beyond.places ? beyond.inverse : short;
    const n = inverse.length;
    const table = (f: (angle: number) => number) =>
      tensor(
        Float32Array.from(
          { length: places * n },
          (_, at) => factor * f(Math.floor(at / n) * inverse[at % n]!),
        ),
        [places, n],
      );
    feeds[`cos.${i}`] = table(Math.cos);
    feeds[`sin.${i}`] = table(Math.sin);
  }
  return feeds;
};
