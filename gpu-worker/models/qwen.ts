/** https://github.com/huggingface/transformers/blob/main/src/transformers/models/qwen3/modeling_qwen3.py
 *  Qwen2 has a bias on q, k and v; Qwen3 norms q and k of each head instead, and may have biases on all four. */
import { z } from 'zod';
import { headSizes, LayerTypes, likeLlama, Sizes } from './config.ts';
import type { Model } from './model.ts';
import { type AttentionOptions, norm, preNormLayer } from './parts.ts';
import { plainRope } from './rope.ts';

const Config = z.looseObject({
  ...Sizes,
  hidden_act: z.literal('silu').default('silu'),
  use_sliding_window: z.boolean().default(false),
  sliding_window: z.int().nullable().default(4096),
  max_window_layers: z.int().default(28),
  layer_types: LayerTypes,
  attention_bias: z.boolean().default(false),
});
type Config = z.infer<typeof Config>;

/** Layers that look back a window: as `layer_types` says, else those from `max_window_layers` on. */
const windowOf = (c: Config, i: number): number | null => {
  if (!c.use_sliding_window || !c.sliding_window) return null;
  const sliding = c.layer_types ? c.layer_types[i] === 'sliding_attention' : i >= c.max_window_layers;
  return sliding ? c.sliding_window : null;
};

const qwen = (
  model_type: string,
  c: Config,
  own: Pick<AttentionOptions, 'bias' | 'outBias'>,
  normed: boolean,
): Model => {
  const sizes = headSizes(c);
  const hidden = c.hidden_size;
  const eps = c.rms_norm_eps;
  return {
    ...likeLlama(model_type, c),
    ropes: [plainRope(c, sizes.dim)],
    window: (i) => windowOf(c, i),
    layer: (p, x, context, i) =>
      preNormLayer({
        eps,
        attention: () => ({
          ...own,
          sizes,
          hidden,
          scale: sizes.dim ** -0.5,
          window: windowOf(c, i),
          ...(normed && { normed: (name, heads) => norm(p.at('self_attn'), name, heads, eps) }),
        }),
        mlp: { intermediate: c.intermediate_size, hidden },
      })(p, x, context, i),
    final: (p, x) => norm(p, 'model.norm', x, eps),
  };
};

export const qwen2 = (json: unknown): Model => {
  const c = Config.parse(json);
  return qwen('qwen2', c, { bias: true, outBias: false }, false);
};
export const qwen3 = (json: unknown): Model => {
  // Qwen3's heads are 128 wide unless config.json says otherwise, whatever hidden_size is
  const c = Config.extend({ head_dim: z.int().nullish().default(128) }).parse(json);
  return qwen('qwen3', c, { bias: c.attention_bias }, true);
};
