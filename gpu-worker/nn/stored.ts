/** Frozen linears of a layer in 8 or 4 bits: which form of the weight each direction of the product takes. */
import { once } from '../../shared/once.ts';
import type { DType, Shape, Value } from '../onnx/graph.ts';
import {
  backward8,
  type Directions,
  forward8,
  fromBlocks4,
  fromBlocks8,
  fromColumns8,
  frozenLinear,
  type Matrix8,
  type Rows8,
  rows8,
  throughFloat,
} from '../ops/quantised.ts';
import { add } from '../ops/elementwise.ts';
import { BLOCK, NF4 } from '../ops/quantise.ts';
import type { Bits, Form, Linear, Seams } from './seams.ts';

/** The last product of a feed-forward module reads a product of activations. A few of its values are hundreds of times the
 *  rest, and bytes lose the rest even when they are rotated: the whole gradient's cosine falls by 0.0004 to 0.0025 more
 *  (SmolLM2-135M, eight texts of 512 tokens), for 3 % of a step. Its weight is made float again, from blocks; its gradient is
 *  a product of bytes like all others. */
const FLOAT_FORWARD = /(?:^|\.)(?:down_proj|mlp\.c_proj|fc2)$/;

/** Makes a form known as an input of the graph. */
type Feed = (part: Form['part'], dtype: DType, shape: Shape) => Value;

type Stored = { readonly product: (x: Value) => Value; readonly weight: () => Value };

/** x as bytes, once for all linears that read it. */
const sharedRows = (divisors: () => Value): ((x: Value) => Rows8) => {
  const known = new Map<Value, Rows8>();
  return (x) => {
    const rows = known.get(x) ?? rows8(x, divisors());
    known.set(x, rows);
    return rows;
  };
};

const blocks = (feed: Feed, bits: Bits, { in: width, out }: Linear): (() => Value) =>
  once(() => {
    const count = Math.ceil((width * out) / BLOCK);
    const scales = feed(`blocks${bits}.scales`, 'float32', [count]);
    return bits === 8
      ? fromBlocks8(feed('blocks8', 'int8', [count, BLOCK]), scales, [out, width])
      : fromBlocks4(feed('blocks4', 'uint8', [count, BLOCK / 2]), scales, NF4, [out, width]);
  });

const forwardColumns = (feed: Feed, width: number, out: number): Matrix8 => ({
  values: feed('forward', 'int8', [width, out]),
  scales: feed('forward.scales', 'float32', [out]),
});

const directions8 = (
  { in: width, out }: Linear,
  feed: Feed,
  rows: (x: Value) => Rows8,
  floating: (() => Value) | null,
): Directions & { readonly back: () => Matrix8 } => {
  const back = once(() => ({
    values: feed('backward', 'int8', [out, width]),
    scales: feed('backward.scales', 'float32', [width]),
  }));
  return {
    forward: floating
      ? throughFloat(floating).forward
      : (x) => forward8(forwardColumns(feed, width, out), rows)(x),
    backward: (g) => backward8(back())(g),
    back,
  };
};

const storedLinear = (bits: Bits, linear: Linear, feed: Feed, rows: (x: Value) => Rows8): Stored => {
  if (bits === 4) {
    const weight = blocks(feed, 4, linear);
    return { product: (x) => frozenLinear(x, throughFloat(weight)), weight };
  }
  const floating = FLOAT_FORWARD.test(linear.path) ? blocks(feed, 8, linear) : null;
  const { back, ...directions } = directions8(linear, feed, rows, floating);
  return {
    product: (x) => frozenLinear(x, directions),
    weight: floating ?? once(() => fromColumns8(back())),
  };
};

export const withBias =
  (product: (x: Value) => Value, bias: () => Value | null) =>
  (x: Value): Value => {
    const [y, b] = [product(x), bias()];
    return b ? add(y, b) : y;
  };

/** Makes a form of a weight known as an input of the graph. */
export type Input = (name: string, dtype: DType, shape: Shape, form: Form) => Value;

/** x [n, in] → x·Wᵀ [n, out] in bytes, of a frozen W [out, in] whose gradient is another's matter. */
export const productInBytes = (
  name: string,
  [out, width]: readonly [out: number, width: number],
  input: Input,
): ((x: Value) => Value) => {
  const feed: Feed = (part, dtype, shape) =>
    input(name, dtype, shape, { part, in: width, out, conv1d: false, group: [] });
  return forward8(forwardColumns(feed, width, out), (x) => rows8(x, null));
};

const named = ({ path }: Linear): string => `${path}.weight`;

/** Linears of one x, those that are not trained whole over a weight in bits. */
export const inBits = (
  bits: Bits,
  group: readonly Linear[],
  input: Input,
  { trains }: Seams,
): readonly Linear[] => {
  const shared = { group: group.map((linear) => ({ name: named(linear), out: linear.out })) };
  const feedOf =
    (linear: Linear): Feed =>
    (part, dtype, shape) => {
      const { in: width, out, conv1d } = linear;
      return input(named(linear), dtype, shape, { part, in: width, out, conv1d, ...shared });
    };
  const first = group[0]!;
  const rows = sharedRows(() => feedOf(first)('divisors', 'float32', [first.in]));
  return group.map((linear) => {
    if (trains?.(named(linear), named(linear))) return linear;
    const stored = storedLinear(bits, linear, feedOf(linear), rows);
    return { ...linear, ...stored, base: withBias(stored.product, linear.bias) };
  });
};
