/** https://github.com/huggingface/transformers/blob/main/src/transformers/models/phi3/modeling_phi3.py */
import { z } from 'zod';
import type { Scope } from '../nn/scope.ts';
import type { Value } from '../onnx/graph.ts';
import { add, mul, silu } from '../ops/elementwise.ts';
import { slice } from '../ops/movement.ts';
import { headSizes, likeLlama, Sizes } from './config.ts';
import type { Context, Model } from './model.ts';
import { norm } from './parts.ts';
import { partialRope } from './rope.ts';

const Config = z.looseObject({
  ...Sizes,
  rms_norm_eps: z.number().default(1e-5),
  original_max_position_embeddings: z.number().default(4096),
  hidden_act: z.literal('silu').default('silu'),
  sliding_window: z.int().nullish(),
});

/** Columns of one product as several values, by width. */
const cut = (x: Value, widths: readonly number[]): readonly Value[] => {
  let at = 0;
  return widths.map((width) => slice(x, 1, at, (at += width)));
};

/** Llama with q, k and v in one linear and gate and up in another, and rotary on a part of each head. */
export const phi3 = (json: unknown): Model => {
  const c = Config.parse(json);
  const { heads, kv, dim } = headSizes(c);
  const [hidden, eps, width] = [c.hidden_size, c.rms_norm_eps, c.intermediate_size];
  const window = c.sliding_window ?? null;

  const attention = (p: Scope, x: Value, context: Context): Value => {
    const fused = p.linear('qkv_proj', x, (heads + 2 * kv) * dim);
    const [q, k, v] = cut(fused, [heads * dim, kv * dim, kv * dim]) as [Value, Value, Value];
    const mixed = context.attend(
      context.rotate(context.heads(q, heads)),
      context.rotate(context.heads(k, kv)),
      context.heads(v, kv),
      { scale: dim ** -0.5, window },
    );
    return p.linear('o_proj', mixed, hidden);
  };
  const mlp = (p: Scope, x: Value): Value => {
    const [gate, up] = cut(p.linear('gate_up_proj', x, 2 * width), [width, width]) as [Value, Value];
    return p.linear('down_proj', mul(silu(gate), up), hidden);
  };
  return {
    ...likeLlama('phi3', c),
    ropes: [partialRope(c, dim)],
    window: () => window,
    layer: (p, x, context) => {
      const read = norm(p, 'input_layernorm', x, eps);
      const h = add(x, p.output('self_attn', attention(p.at('self_attn'), read, context)));
      return add(h, p.output('mlp', mlp(p.at('mlp'), norm(p, 'post_attention_layernorm', h, eps))));
    },
    final: (p, x) => norm(p, 'model.norm', x, eps),
  };
};
