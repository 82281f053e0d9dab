/** Pieces that several architectures share. */
import type { Scope } from '../nn/scope.ts';
import { scalar, type Value } from '../onnx/graph.ts';
import { add, mul, silu } from '../ops/elementwise.ts';
import { rmsNorm } from '../ops/norm.ts';
import type { HeadSizes } from './config.ts';
import type { Context, Model } from './model.ts';

/** RMS norm whose weight is `name.weight`, as wide as x. */
export const norm = (p: Scope, name: string, x: Value, eps: number): Value =>
  rmsNorm(x, p.weight(`${name}.weight`, [x.shape.at(-1)!]), eps);

type Three = readonly [Value, Value, Value];
/** q_proj, k_proj and v_proj of x: rows [M, heads·D]. */
const queryKeyValue = (p: Scope, x: Value, { heads, kv, dim }: HeadSizes, bias: boolean): Three =>
  p.linears({ q_proj: heads * dim, k_proj: kv * dim, v_proj: kv * dim }, x, { bias }) as unknown as Three;

export type AttentionOptions = {
  readonly sizes: HeadSizes;
  readonly hidden: number;
  readonly scale: number;
  readonly bias?: boolean;
  readonly outBias?: boolean;
  readonly window?: number | null;
  readonly softcap?: number | null;
  /** applied to q and k [B, heads, T, D] before they are turned */
  readonly normed?: (name: 'q_norm' | 'k_norm', heads: Value) => Value;
  /** the same before they are cut into heads: [M, heads·D] */
  readonly normedRows?: (name: 'q_norm' | 'k_norm', rows: Value) => Value;
  /** index into the model's ropes; null: not turned */
  readonly rope?: number | null;
};

const same = (_: string, value: Value): Value => value;

/** Grouped-query attention with rotary embedding, as most models have it: x [M, hidden] → [M, hidden]. */
export const selfAttention = (p: Scope, x: Value, context: Context, options: AttentionOptions): Value => {
  const { sizes, rope = 0, normed = same, normedRows = same } = options;
  const { bias = false, outBias = bias } = options;
  const [q, k, v] = queryKeyValue(p, x, sizes, bias);
  const turned = (value: Value) => (rope === null ? value : context.rotate(value, rope));
  const mixed = context.attend(
    turned(normed('q_norm', context.heads(normedRows('q_norm', q), sizes.heads))),
    turned(normed('k_norm', context.heads(normedRows('k_norm', k), sizes.kv))),
    context.heads(v, sizes.kv),
    { scale: options.scale, window: options.window ?? null, softcap: options.softcap ?? null },
  );
  return p.linear('o_proj', mixed, options.hidden, { bias: outBias });
};

export type MlpOptions = {
  readonly intermediate: number;
  readonly hidden: number;
  readonly bias?: boolean;
  readonly act?: (x: Value) => Value;
};
/** down(act(gate(x)) · up(x)) */
export const gatedMlp = (
  p: Scope,
  x: Value,
  { intermediate, hidden, bias = false, act = silu }: MlpOptions,
): Value => {
  const widths = { gate_proj: intermediate, up_proj: intermediate };
  const [gate, up] = p.linears(widths, x, { bias }) as [Value, Value];
  return p.linear('down_proj', mul(act(gate), up), hidden, { bias });
};

const times = (y: Value, factor: number): Value => (factor === 1 ? y : mul(y, scalar(y, factor)));

type Block = {
  readonly eps: number;
  readonly attention: (layer: number) => AttentionOptions;
  readonly mlp: MlpOptions;
  /** what a block's output is multiplied by before it is added */
  readonly residual?: number;
};
/** h = x + attention(norm(x)), y = h + mlp(norm(h)): the block of Llama and its kin. */
export const preNormLayer =
  ({ eps, attention, mlp, residual = 1 }: Block): Model['layer'] =>
  (p, x, context, i) => {
    const read = norm(p, 'input_layernorm', x, eps);
    const mixed = selfAttention(p.at('self_attn'), read, context, attention(i));
    const h = add(x, times(p.output('self_attn', mixed), residual));
    const middle = norm(p, 'post_attention_layernorm', h, eps);
    return add(h, times(p.output('mlp', gatedMlp(p.at('mlp'), middle, mlp)), residual));
  };
