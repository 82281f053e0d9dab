/** DoRA, https://arxiv.org/abs/2402.09353, as PEFT has it: y = (m/n)∘(x·Wᵀ + s·(x·Aᵀ)·Bᵀ) + bias, where n are the 2-norms of
 *  the rows of W + s·B·A, held constant in the gradient. */
import { ints, type Value } from '../onnx/graph.ts';
import { emit, like, shaped } from '../ops/define.ts';
import { add, div, mul } from '../ops/elementwise.ts';
import { gemm, lowRankUp } from '../ops/product.ts';
import type { Linear, Tools } from '../nn/seams.ts';

export type LowRank = { readonly a: Value; readonly b: Value; readonly h: Value; readonly scale: number };

/** [out], no gradient. */
const rowNorms = (weight: Value, { a, b, scale }: LowRank): Value =>
  weight.graph.unrecorded(() => {
    const whole = gemm(b, a, { alpha: scale, add: weight });
    const squares = emit('ReduceSumSquare', [whole, ints(whole, [1])], shaped(whole, [whole.shape[0]!]), {
      attrs: { keepdims: 0 },
    });
    return emit('Sqrt', [squares], like(squares));
  });

export const dora = (linear: Linear, low: LowRank, tools: Tools): Value => {
  const { path, x, out, conv1d } = linear;
  const m = tools.own(path, 'lora_magnitude_vector', [out], { rowNorms: `${path}.weight`, conv1d });
  const y = lowRankUp(low.h, low.b, linear.product(x), low.scale);
  const scaled = mul(y, div(m, rowNorms(linear.weight(), low)));
  const bias = linear.bias();
  return bias ? add(scaled, bias) : scaled;
};
