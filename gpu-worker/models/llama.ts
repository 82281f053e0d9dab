/** https://github.com/huggingface/transformers/blob/main/src/transformers/models/llama/modeling_llama.py */
import { z } from 'zod';
import { headSizes, likeLlama, Sizes } from './config.ts';
import type { Model } from './model.ts';
import { norm, preNormLayer } from './parts.ts';
import { plainRope } from './rope.ts';

const Config = z.looseObject({
  ...Sizes,
  hidden_act: z.literal('silu').default('silu'),
  attention_bias: z.boolean().default(false),
  mlp_bias: z.boolean().default(false),
});

export const llama = (json: unknown): Model => {
  const c = Config.parse(json);
  const sizes = headSizes(c);
  const hidden = c.hidden_size;
  const attention = { sizes, hidden, scale: sizes.dim ** -0.5, bias: c.attention_bias };
  return {
    ...likeLlama('llama', c),
    ropes: [plainRope(c, sizes.dim)],
    window: () => null,
    layer: preNormLayer({
      eps: c.rms_norm_eps,
      attention: () => attention,
      mlp: { intermediate: c.intermediate_size, hidden, bias: c.mlp_bias },
    }),
    final: (p, x) => norm(p, 'model.norm', x, c.rms_norm_eps),
  };
};
