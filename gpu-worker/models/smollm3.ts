/** https://github.com/huggingface/transformers/blob/main/src/transformers/models/smollm3/modeling_smollm3.py */
import { z } from 'zod';
import { headSizes, LayerTypes, likeLlama, Sizes } from './config.ts';
import type { Model } from './model.ts';
import { norm, preNormLayer } from './parts.ts';
import { plainRope } from './rope.ts';

const Config = z.looseObject({
  ...Sizes,
  hidden_act: z.literal('silu').default('silu'),
  tie_word_embeddings: z.boolean().default(true),
  attention_bias: z.boolean().default(false),
  mlp_bias: z.boolean().default(false),
  use_sliding_window: z.boolean().default(false),
  sliding_window: z.int().nullish(),
  layer_types: LayerTypes,
  /** 1 where a layer turns q and k */
  no_rope_layers: z.array(z.int()).nullish(),
  no_rope_layer_interval: z.int().default(4),
});
const THETA = 2_000_000;

/** Llama with some layers that do not turn q and k, and may look back a window only. */
export const smollm3 = (json: unknown): Model => {
  const c = Config.parse(json);
  const sizes = headSizes(c);
  const hidden = c.hidden_size;
  const turns = (i: number): boolean =>
    c.no_rope_layers ? c.no_rope_layers[i] === 1 : (i + 1) % c.no_rope_layer_interval !== 0;
  const window = (i: number): number | null => {
    if (!c.use_sliding_window || !c.sliding_window) return null;
    const sliding = c.layer_types ? c.layer_types[i] === 'sliding_attention' : !turns(i);
    return sliding ? c.sliding_window : null;
  };
  const alike = { sizes, hidden, scale: sizes.dim ** -0.5, bias: c.attention_bias };
  return {
    ...likeLlama('smollm3', c),
    ropes: [plainRope(c, sizes.dim, THETA)],
    window,
    layer: preNormLayer({
      eps: c.rms_norm_eps,
      attention: (i) => ({ ...alike, window: window(i), rope: turns(i) ? 0 : null }),
      mlp: { intermediate: c.intermediate_size, hidden, bias: c.mlp_bias },
    }),
    final: (p, x) => norm(p, 'model.norm', x, c.rms_norm_eps),
  };
};
