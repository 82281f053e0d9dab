/** https://github.com/huggingface/transformers/blob/main/src/transformers/models/olmo2/modeling_olmo2.py */
import { z } from 'zod';
import { add } from '../ops/elementwise.ts';
import { headSizes, likeLlama, Sizes } from './config.ts';
import type { Model } from './model.ts';
import { gatedMlp, norm, selfAttention } from './parts.ts';
import { plainRope } from './rope.ts';

const Config = z.looseObject({
  ...Sizes,
  hidden_act: z.literal('silu').default('silu'),
  rms_norm_eps: z.number().default(1e-5),
  attention_bias: z.boolean().default(false),
});

/** Norms after the blocks instead of before, and over the whole q and k before they are cut into heads. */
export const olmo2 = (json: unknown): Model => {
  const c = Config.parse(json);
  const sizes = headSizes(c);
  const [hidden, eps] = [c.hidden_size, c.rms_norm_eps];
  return {
    ...likeLlama('olmo2', c),
    ropes: [plainRope(c, sizes.dim)],
    window: () => null,
    layer: (p, x, context) => {
      const inside = p.at('self_attn');
      const mixed = selfAttention(inside, x, context, {
        sizes,
        hidden,
        scale: sizes.dim ** -0.5,
        bias: c.attention_bias,
        normedRows: (name, rows) => norm(inside, name, rows, eps),
      });
      const h = add(x, norm(p, 'post_attention_layernorm', p.output('self_attn', mixed), eps));
      const y = gatedMlp(p.at('mlp'), h, { intermediate: c.intermediate_size, hidden });
      return add(h, norm(p, 'post_feedforward_layernorm', p.output('mlp', y), eps));
    },
    final: (p, x) => norm(p, 'model.norm', x, eps),
  };
};
