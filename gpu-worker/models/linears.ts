/** The linears of a model's layers, found by building them. */
import type { Linear, Seams } from '../nn/seams.ts';
import { forwardLayer } from './graphs.ts';
import type { Model } from './model.ts';

export type LinearSize = Pick<Linear, 'path' | 'in' | 'out'>;

const build = (model: Model): readonly LinearSize[] => {
  const found: LinearSize[] = [];
  const seams: Seams = {
    linears: (group) => {
      found.push(...group.map(({ path, in: width, out }) => ({ path, in: width, out })));
      return group.map((linear) => linear.base(linear.x));
    },
  };
  const shape = { b: 1, t: 1, packed: false };
  for (let i = 0; i < model.num_hidden_layers; i++) forwardLayer(model, i, seams, shape, false);
  return found;
};

const known = new WeakMap<Model, readonly LinearSize[]>();

/** Every layer is built for it, and methods, plan and report all ask: a model is asked once. */
export const linearsOf = (model: Model): readonly LinearSize[] => {
  const found = known.get(model) ?? build(model);
  known.set(model, found);
  return found;
};

/** Weights in the linears of the layers. */
export const linearValues = (model: Model): number =>
  linearsOf(model).reduce((sum, { in: width, out }) => sum + width * out, 0);
