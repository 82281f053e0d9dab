/** Where the values of a method begin. */
import type { Init } from '../nn/seams.ts';
import { uniformAt } from '../../shared/random.ts';
import type { Parameters } from './parameters.ts';
import type { Weights } from './weights.ts';

/** Box–Muller: pairs of uniform numbers to pairs of normal ones. */
const normals = (into: Float32Array, deviation: number, at: (i: number) => number): void => {
  for (let i = 0; i < into.length; i += 2) {
    const radius = deviation * Math.sqrt(-2 * Math.log(1 - at(i)));
    const angle = 2 * Math.PI * at(i + 1);
    into[i] = radius * Math.cos(angle);
    if (i + 1 < into.length) into[i + 1] = radius * Math.sin(angle);
  }
};

/** 2-norms of the rows of W [out, in], stored so or as [in, out]. */
const rowNorms = (into: Float32Array, weight: Float32Array, conv1d: boolean): void => {
  const [out, width] = [into.length, weight.length / into.length];
  for (let i = 0; i < out; i++) {
    let sum = 0;
    for (let j = 0; j < width; j++) sum += weight[conv1d ? j * out + i : i * width + j]! ** 2;
    into[i] = Math.sqrt(sum);
  }
};

const fill = (into: Float32Array, init: Init, at: (i: number) => number, weights: Weights): void => {
  if ('constant' in init) into.fill(init.constant);
  else if ('uniform' in init) for (let i = 0; i < into.length; i++) into[i] = (at(i) * 2 - 1) * init.uniform;
  else if ('normal' in init) normals(into, init.normal, at);
  else if ('weight' in init) weights.copy(init.weight, into);
  else rowNorms(into, weights.data(init.rowNorms), init.conv1d);
};

/** Sets every value of the method; what is random depends on seed and name alone. */
export const initialise = ({ entries, fixed, value }: Parameters, seed: number, weights: Weights): void => {
  for (const { name, init } of [...entries, ...fixed]) {
    const own = 'uniform' in init ? init.seed : undefined;
    fill(value(name), init, uniformAt(own ?? seed, name), weights);
  }
};
