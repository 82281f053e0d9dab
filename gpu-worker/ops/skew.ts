import { ints, type Value } from '../onnx/graph.ts';
import { defineOp, emit, shaped } from './define.ts';
import { concat, reshape, slice } from './movement.ts';
import { neg, sub } from './elementwise.ts';

/** The values above the diagonal, row by row [n, b(b−1)/2], as skew-symmetric matrices [n, b, b].
 *  Q[i, j] = v, Q[j, i] = −v  ⇒  dv = g[i, j] − g[j, i] */
export const skew = (upper: Value, b: number): Value => {
  const [n, count] = upper.shape as [number, number];
  // where each element of a matrix lies in [v, −v, 0]
  const from = Array.from({ length: b * b }, () => 2 * count);
  const [above, below]: [number[], number[]] = [[], []];
  let at = 0;
  for (let i = 0; i < b; i++)
    for (let j = i + 1; j < b; j++, at++) {
      from[i * b + j] = at;
      from[j * b + i] = count + at;
      above.push(i * b + j);
      below.push(j * b + i);
    }
  const gather = (x: Value, places: readonly number[]) =>
    emit('Gather', [x, ints(x, places)], shaped(x, [n, places.length]), { attrs: { axis: 1 } });
  return defineOp<[v: Value]>({
    name: 'Skew',
    forward: (v) => {
      const none = sub(slice(v, 1, 0, 1), slice(v, 1, 0, 1));
      return { y: reshape(gather(concat(1, v, neg(v), none), from), [n, b, b]), saved: null };
    },
    grad: ({ g }) => {
      const flat = reshape(g, [n, b * b]);
      return [sub(gather(flat, above), gather(flat, below))];
    },
  })(upper);
};
