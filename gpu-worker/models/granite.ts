/** https://github.com/huggingface/transformers/blob/main/src/transformers/models/granite/modeling_granite.py */
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
  embedding_multiplier: z.number().default(1),
  attention_multiplier: z.number().default(1),
  residual_multiplier: z.number().default(1),
  logits_scaling: z.number().default(1),
});

/** Llama with four multipliers. */
export const granite = (json: unknown): Model => {
  const c = Config.parse(json);
  const sizes = headSizes(c);
  const hidden = c.hidden_size;
  const attention = { sizes, hidden, scale: c.attention_multiplier, bias: c.attention_bias };
  const plain = likeLlama('granite', c);
  const scale = c.embedding_multiplier;
  return {
    ...plain,
    embedding: { ...plain.embedding, scale, learnedScale: scale },
    head: { ...plain.head, scale: 1 / c.logits_scaling },
    ropes: [plainRope(c, sizes.dim)],
    window: () => null,
    layer: preNormLayer({
      eps: c.rms_norm_eps,
      attention: () => attention,
      mlp: { intermediate: c.intermediate_size, hidden, bias: c.mlp_bias },
      residual: c.residual_multiplier,
    }),
    final: (p, x) => norm(p, 'model.norm', x, c.rms_norm_eps),
  };
};
