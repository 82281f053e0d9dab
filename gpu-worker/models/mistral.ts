/** https://github.com/huggingface/transformers/blob/main/src/transformers/models/mistral/modeling_mistral.py */
import { z } from 'zod';
import { headSizes, likeLlama, Sizes } from './config.ts';
import type { Model } from './model.ts';
import { norm, preNormLayer } from './parts.ts';
import { plainRope } from './rope.ts';

const Config = z.looseObject({
  ...Sizes,
  hidden_act: z.literal('silu').default('silu'),
  sliding_window: z.int().nullable().default(4096),
});

/** Llama without biases, whose every layer looks back `sliding_window` tokens only. */
export const mistral = (json: unknown): Model => {
  const c = Config.parse(json);
  const sizes = headSizes(c);
  const hidden = c.hidden_size;
  const attention = { sizes, hidden, scale: sizes.dim ** -0.5, window: c.sliding_window };
  return {
    ...likeLlama('mistral', c),
    ropes: [plainRope(c, sizes.dim)],
    window: () => c.sliding_window,
    layer: preNormLayer({
      eps: c.rms_norm_eps,
      attention: () => attention,
      mlp: { intermediate: c.intermediate_size, hidden },
    }),
    final: (p, x) => norm(p, 'model.norm', x, c.rms_norm_eps),
  };
};
