/** Matrix products. Weights stay as the checkpoint stores them, [out, in]: nothing is transposed or copied. */
import type { Gradient, Value, Worth } from '../onnx/graph.ts';
import { broadcast } from '../onnx/shape.ts';
import { binary, type Binary, defineOp, emit, f } from './define.ts';
import { mT } from './movement.ts';

const inner = (name: string, k: number, k2: number, a: Value, b: Value): void => {
  if (k !== k2) throw new TypeError(`${name}: [${a.shape}] does not fit [${b.shape}]`);
};

// y = a·b  ⇒  da = g·bᵀ, db = aᵀ·g
export const matmul: Binary = binary('MatMul', {
  worth: 'product',
  infer: (a, b) => {
    const [m, k] = a.shape.slice(-2) as [number, number];
    const [k2, n] = b.shape.slice(-2) as [number, number];
    inner('matmul', k, k2, a, b);
    return { dtype: a.dtype, shape: [...broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2)), m, n] };
  },
  grad: ({ g, x: [a, b] }) => [matmul(g, mT(b)), matmul(mT(a), g)],
});

type GemmOptions = { transA?: 1; transB?: 1; alpha?: number; add?: Value | null; worth?: Worth };

/** alpha·op(a)·op(b) + add, of matrices. No gradient of its own: the inside of compound ops. */
export const gemm = (
  a: Value,
  b: Value,
  { transA, transB, alpha = 1, add = null, worth = null }: GemmOptions = {},
): Value => {
  const [m, k] = transA ? [a.shape[1]!, a.shape[0]!] : [a.shape[0]!, a.shape[1]!];
  const [n, k2] = transB ? [b.shape[0]!, b.shape[1]!] : [b.shape[1]!, b.shape[0]!];
  inner('gemm', k, k2, a, b);
  const attrs = {
    ...(transA && { transA }),
    ...(transB && { transB }),
    ...(alpha !== 1 && { alpha: f(alpha) }),
  };
  const x = add ? ([a, b, add] as const) : ([a, b] as const);
  return emit('Gemm', x, { dtype: a.dtype, shape: [m, n] }, { attrs, worth });
};

/** alpha·op(a)·op(b) over the last two axes of values of one rank, batches alike. The inside of compound ops. */
export const fused = (
  a: Value,
  b: Value,
  { transA, transB, alpha = 1, worth = null }: Omit<GemmOptions, 'add'> = {},
): Value => {
  const [rows, cols] = [a.shape.at(transA ? -1 : -2)!, b.shape.at(transB ? -2 : -1)!];
  const attrs = {
    ...(transA && { transA }),
    ...(transB && { transB }),
    ...(alpha !== 1 && { alpha: f(alpha) }),
  };
  const shape = [...a.shape.slice(0, -2), rows, cols];
  return emit('FusedMatMul', [a, b], { dtype: a.dtype, shape }, { attrs, domain: 'com.microsoft', worth });
};

/** Adds a·b (or aᵀ·b) onto what was summed before: one pass over memory less than a product and an addition. */
const onto =
  (a: Value, b: Value, options: GemmOptions = {}): Gradient =>
  (sofar) =>
    gemm(a, b, { ...options, add: sofar });

// x [M, in], weight [out, in]:  y = x·Wᵀ  ⇒  dx = g·W, dW = gᵀ·x
export const linear: Binary = defineOp({
  name: 'Linear',
  forward: (x, weight) => ({ y: gemm(x, weight, { transB: 1, worth: 'product' }), saved: null }),
  grad: ({ g, x: [x, weight] }) => [onto(g, weight), onto(g, x, { transA: 1 })],
});

/** base + scale·(x·Aᵀ)·Bᵀ with x [M, in], A [r, in], B [out, r], base [M, out].
 *  h = scale·x·Aᵀ, dh = scale·g·B  ⇒  dx = dh·A, dA = dhᵀ·x, dB = gᵀ·h */
export const lowRank = (x: Value, a: Value, b: Value, base: Value, scale: number): Value =>
  defineOp<[x: Value, a: Value, b: Value, base: Value], Value>({
    name: 'LowRank',
    forward: (rows, down, up, sum) => {
      const h = gemm(rows, down, { transB: 1, alpha: scale, worth: 'product' });
      return { y: gemm(h, up, { transB: 1, add: sum, worth: 'product' }), saved: h };
    },
    grad: ({ g, x: [rows, down, up], saved: h }) => {
      const dh = gemm(g, up, { alpha: scale });
      return [onto(dh, down), onto(dh, rows, { transA: 1 }), onto(g, h, { transA: 1 }), g];
    },
  })(x, a, b, base);
