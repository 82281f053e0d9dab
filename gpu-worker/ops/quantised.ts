/** Linears whose frozen weight is stored in 8 or 4 bits. */
import { type Gradient, scalar, type Shape, type Value } from '../onnx/graph.ts';
import { size } from '../onnx/shape.ts';
import { defineOp, emit, like, shaped } from './define.ts';
import { mul } from './elementwise.ts';
import { pad, reshape, slice } from './movement.ts';
import { gemm } from './product.ts';
import { largestSize, sum } from './reduce.ts';
import { rotateColumns, rotateRows } from './rotation.ts';

/** Rows of bytes around 128: (bytes[m, k] − 128)·scales[m] is x[m, k], rotated (and less what `divisors` took away). */
export type Rows8 = { readonly bytes: Value; readonly scales: Value };
/** [k, n] int8 with a float32 scale [n] for each column, of a matrix that was rotated along k. */
export type Matrix8 = { readonly values: Value; readonly scales: Value };

const middle = (near: Value): Value => near.graph.constant(Uint8Array.of(128), [], 'uint8');

/** What becomes 1 where the largest of all becomes 127. */
const scaleOf = (top: Value): Value =>
  emit('Max', [mul(top, scalar(top, 1 / 127)), scalar(top, 1e-30)], like(top));

/** x [M, K] as bytes, each channel divided by its divisor [K] before, each row by its own scale, found on the way. */
export const rows8 = (x: Value, divisors: Value | null): Rows8 =>
  x.graph.unrecorded(() => {
    const m = x.shape[0]!;
    const even = rotateRows(divisors ? emit('Div', [x, divisors], like(x)) : x);
    const scales = scaleOf(largestSize(even, 1));
    const middles = x.graph.constant(new Uint8Array(m).fill(128), [m], 'uint8');
    const bytes = emit(
      'QuantizeLinear',
      [even, reshape(scales, [m]), middles],
      { dtype: 'uint8', shape: x.shape },
      { attrs: { axis: 0 } },
    );
    return { bytes, scales };
  });

/** The largest sum of a pair of rows in each column of [k, n], as a size: [1, n] */
const pairTops = (matrix: Value): Value => {
  const [k, n] = matrix.shape as [number, number];
  const whole = reshape(pad(matrix, 0, 0, k % 2), [Math.ceil(k / 2), 2, n]);
  return reshape(largestSize(sum(whole, [1]), 0), [1, n]);
};

/** A matrix [k, n] as bytes. The largest value of a column becomes 127; with `pairs` so does the largest sum of two rows that
 *  meet in one addition. Some processors add the products of such a pair in 16 bits, with saturation: a pair of one sign that
 *  sums to at most 128 cannot reach that bound, whatever bytes it meets, for 255·128 < 2¹⁵, and rounding may add ½ to each.
 *  Of two signs, the sum is no larger than one of the two. */
export const columns8 = (matrix: Value, pairs: boolean): Matrix8 =>
  matrix.graph.unrecorded(() => {
    const n = matrix.shape[1]!;
    const even = rotateColumns(matrix);
    const top = largestSize(even, 0);
    const scales = scaleOf(pairs ? emit('Max', [top, pairTops(even)], like(top)) : top);
    const unit = emit('Div', [even, scales], like(even));
    const zero = matrix.graph.constant(Int8Array.of(0), [], 'int8');
    const values = emit('QuantizeLinear', [unit, scalar(unit, 1), zero], {
      dtype: 'int8',
      shape: matrix.shape,
    });
    return { values, scales: reshape(scales, [n]) };
  });

/** x·W in 8-bit products, summed in 32 bits: [M, N] */
export const product8 = ({ bytes, scales }: Rows8, w: Matrix8): Value => {
  const y = shaped(scales, [bytes.shape[0]!, w.values.shape[1]!]);
  const whole = emit(
    'MatMulIntegerToFloat',
    [bytes, w.values, scalar(scales, 1), w.scales, middle(bytes)],
    y,
    {
      domain: 'com.microsoft',
    },
  );
  return emit('Mul', [whole, scales], y, { worth: 'product' });
};

/** How a frozen matrix W [out, in] takes part in each direction. */
export type Directions = {
  /** x [M, in] → x·Wᵀ [M, out] */
  forward(x: Value): Value;
  /** g [M, out] → g·W [M, in], or onto what has been summed before */
  backward(g: Value): Gradient;
};

/** y = x·Wᵀ  ⇒  dx = g·W, W being frozen */
export const frozenLinear = (x: Value, { forward, backward }: Directions): Value =>
  defineOp<[x: Value]>({
    name: 'FrozenLinear',
    forward: (rows) => ({ y: forward(rows), saved: null }),
    grad: ({ g }) => [backward(g)],
  })(x);

/** Both directions have integers of their own, so each rounds with scales of its own columns. `rows` turns x into bytes:
 *  linears of one x hand over one function, which may remember. */
export const forward8 =
  (columns: Matrix8, rows: (x: Value) => Rows8): Directions['forward'] =>
  (x) =>
    product8(rows(x), columns);
export const backward8 =
  (columns: Matrix8): Directions['backward'] =>
  (g) =>
    product8(rows8(g, null), columns);

/** A product in float32 with a matrix [out, in] that is made float32 inside the graph. */
export const throughFloat = (matrix: () => Value): Directions => ({
  forward: (x) => gemm(x, matrix(), { transB: 1, worth: 'product' }),
  backward: (g) => (sofar) => gemm(g, matrix(), { add: sofar }),
});

/** Blocks [b, width] as a matrix: the last block may be longer than what is left for it. */
const unblocked = (blocks: Value, shape: Shape): Value => {
  const all = size(blocks.shape);
  return reshape(slice(reshape(blocks, [all]), 0, 0, size(shape)), shape);
};

/** codes [b, 64] int8, scales [b] → float32 of that shape */
export const fromBlocks8 = (codes: Value, scales: Value, shape: Shape): Value =>
  codes.graph.unrecorded(() =>
    unblocked(
      emit('DequantizeLinear', [codes, scales], shaped(scales, codes.shape), { attrs: { axis: 0 } }),
      shape,
    ),
  );

/** codes [b, 32] uint8, two values each, the first one high; scales [b] → float32 of that shape */
export const fromBlocks4 = (codes: Value, scales: Value, levels: Float32Array, shape: Shape): Value =>
  codes.graph.unrecorded(() => {
    const [b, bytes] = codes.shape as [number, number];
    const pairs = Float32Array.from({ length: 512 }, (_, i) => levels[i % 2 ? (i >> 1) & 15 : i >> 5]!);
    const at = emit('Cast', [codes], { dtype: 'int32', shape: codes.shape }, { attrs: { to: 6 } });
    const table = codes.graph.constant(pairs, [256, 2], 'float32');
    const values = emit('Gather', [table, at], shaped(scales, [b, bytes, 2]), { attrs: { axis: 0 } });
    return unblocked(mul(reshape(values, [b, bytes * 2]), reshape(scales, [b, 1])), shape);
  });

/** [k, n] int8 with a scale a column → float32, as before it was rotated */
export const fromColumns8 = ({ values, scales }: Matrix8): Value =>
  values.graph.unrecorded(() => {
    const whole = emit('Cast', [values], shaped(scales, values.shape), { attrs: { to: 1 } });
    return rotateColumns(mul(whole, scales));
  });
