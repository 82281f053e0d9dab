/** Frozen weights as tensors, each read once, in float32, under the checkpoint's names. */
import type { Model } from '../models/model.ts';
import type { Shape } from '../onnx/graph.ts';
import { same } from '../onnx/shape.ts';
import { AppError } from '../../shared/errors.ts';
import type { Base } from '../weights/base.ts';
import { type Tensor, tensor } from './session.ts';

export type Weights = {
  /** throws `unsupported_model` where the checkpoint has another shape or no such tensor */
  tensor(name: string, shape: Shape): Tensor;
  /** float32 values, row-major */
  data(name: string): Float32Array;
};

export const openWeights = (base: Pick<Base, 'read' | 'shape'>): Weights => {
  const known = new Map<string, { data: Float32Array; tensor: Tensor }>();
  const load = (name: string) => {
    let found = known.get(name);
    if (!found) {
      const data = base.read(name);
      known.set(name, (found = { data, tensor: tensor(data, base.shape(name)) }));
    }
    return found;
  };
  return {
    tensor: (name, shape) => {
      const stored = base.shape(name);
      if (!same(stored, shape))
        throw new AppError(
          'unsupported_model',
          `${name} is [${stored}] in the checkpoint, [${shape}] by config.json`,
        );
      return load(name).tensor;
    },
    data: (name) => load(name).data,
  };
};

/** cos and sin of the first `places` positions, [places, R/2] each. */
export const rotaryTables = (model: Model, places: number): { cos: Tensor; sin: Tensor } => {
  const { inv_freq: inverse } = model;
  const n = inverse.length;
  const table = (f: (angle: number) => number) =>
    tensor(
      Float32Array.from({ length: places * n }, (_, i) => f(Math.floor(i / n) * inverse[i % n]!)),
      [places, n],
    );
  return { cos: table(Math.cos), sin: table(Math.sin) };
};
