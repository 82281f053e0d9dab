/** Matrix products. Weights stay as the checkpoint stores them, [out, in]: nothing is transposed or copied. */
import type { Gradient, Value, Worth } from '../onnx/graph.ts';
import { broadcast } from '../onnx/shape.ts';
import { binary, type Binary, defineOp, emit, f } from './define.ts';
import { concat, mT, slice } from './movement.ts';

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

// x [M, in], weight [in, out]:  y = x·W  ⇒  dx = g·Wᵀ, dW = xᵀ·g
export const projection: Binary = defineOp({
  name: 'Projection',
  forward: (x, weight) => ({ y: gemm(x, weight, { worth: 'product' }), saved: null }),
  grad: ({ g, x: [x, weight] }) => [onto(g, weight, { transB: 1 }), onto(x, g, { transA: 1 })],
});

/** h = x·Aᵀ with x [M, in] and A the factors [r, in] one above the other: [M, Σr].  dx = dh·A, dA = dhᵀ·x */
export const lowRankDown = (x: Value, factors: readonly [Value, ...Value[]]): Value =>
  defineOp<[x: Value, ...factors: Value[]], Value>({
    name: 'LowRankDown',
    forward: (rows, ...parts) => {
      const a = parts.length === 1 ? parts[0]! : concat(0, parts[0]!, ...parts.slice(1));
      return { y: gemm(rows, a, { transB: 1, worth: 'product' }), saved: a };
    },
    grad: ({ g, x: [rows, ...parts], saved: a }) => {
      const da = gemm(g, rows, { transA: 1 });
      let at = 0;
      return [onto(g, a), ...parts.map(({ shape: [r] }) => slice(da, 0, at, (at += r!)))];
    },
  })(x, ...factors);

/** base + scale·h·Bᵀ with h [M, r], B [out, r], base [M, out].  dh = scale·g·B, dB = scale·gᵀ·h */
export const lowRankUp = (h: Value, b: Value, base: Value, scale: number): Value =>
  defineOp<[h: Value, b: Value, base: Value]>({
    name: 'LowRankUp',
    forward: (rows, factor, y) => ({
      y: gemm(rows, factor, { transB: 1, alpha: scale, add: y, worth: 'product' }),
      saved: null,
    }),
    grad: ({ g, x: [rows, factor] }) => [
      onto(g, factor, { alpha: scale }),
      onto(g, rows, { transA: 1, alpha: scale }),
      g,
    ],
  })(h, b, base);
