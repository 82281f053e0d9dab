/** Rotations before rounding (QuaRot, https://arxiv.org/abs/2404.00456): a few large values in a row of bytes leave little to
 *  the rest, and a Hadamard matrix H shares them out. H is symmetric and its own inverse: x·W = (x·H)·(H·W). */
import type { Value } from '../onnx/graph.ts';
import { emit, like } from './define.ts';
import { reshape } from './movement.ts';

const LARGEST = 64;

/** How many neighbours along k are turned together: the largest power of two that divides k, 64 at most. */
const widthOf = (k: number): number => Math.min(LARGEST, k & -k);

const hasOddBits = (x: number): boolean => {
  let odd = false;
  for (let rest = x; rest > 0; rest &= rest - 1) odd = !odd;
  return odd;
};

const known = new Map<number, Float32Array>();
/** Sylvester's matrix, orthonormal [n, n], n a power of two: (−1)^popcount(i & j) / √n. The same array each time. */
const hadamard = (n: number): Float32Array => {
  const sign = (at: number) => (hasOddBits(Math.floor(at / n) & (at % n)) ? -1 : 1);
  const matrix = known.get(n) ?? Float32Array.from({ length: n * n }, (_, at) => sign(at) / Math.sqrt(n));
  known.set(n, matrix);
  return matrix;
};

const matrixOf = ({ graph }: Value, n: number): Value => graph.constant(hadamard(n), [n, n], 'float32');

/** x [m, k] → x·H. No gradient of its own. */
export const rotateRows = (x: Value): Value => {
  const [m, k] = x.shape as [number, number];
  const n = widthOf(k);
  if (n === 1) return x;
  const flat = reshape(x, [(m * k) / n, n]);
  return reshape(emit('MatMul', [flat, matrixOf(x, n)], like(flat)), [m, k]);
};

/** w [k, n] → H·w. No gradient of its own. */
export const rotateColumns = (w: Value): Value => {
  const [k, n] = w.shape as [number, number];
  const width = widthOf(k);
  if (width === 1) return w;
  const blocks = reshape(w, [k / width, width, n]);
  return reshape(emit('MatMul', [matrixOf(w, width), blocks], like(blocks)), [k, n]);
};
