/** https://github.com/huggingface/transformers/blob/main/src/transformers/models/gemma2/modeling_gemma2.py and gemma3 */
import { z } from 'zod';
import { AppError } from '../../shared/errors.ts';
import type { Scope } from '../nn/scope.ts';
import { scalar, type Value } from '../onnx/graph.ts';
import { add, geluTanh } from '../ops/elementwise.ts';
import { rmsNorm } from '../ops/norm.ts';
import { headSizes, LayerTypes, likeLlama, Sizes } from './config.ts';
import type { Model } from './model.ts';
import { type AttentionOptions, gatedMlp, selfAttention } from './parts.ts';
import { plainRope, type Rope, ropeOf, ropeParameters } from './rope.ts';

const Config = z.looseObject({
  ...Sizes,
  tie_word_embeddings: z.boolean().default(true),
  head_dim: z.int().default(256),
  hidden_activation: z.enum(['gelu_pytorch_tanh', 'gelu_new']).nullish(),
  hidden_act: z.string().optional(),
  attention_bias: z.boolean().default(false),
  query_pre_attn_scalar: z.number().default(256),
  attn_logit_softcapping: z.number().nullish(),
  final_logit_softcapping: z.number().nullish(),
  sliding_window: z.int().nullable().default(4096),
  layer_types: LayerTypes,
  sliding_window_pattern: z.int().optional(),
  _sliding_window_pattern: z.int().optional(),
  rope_local_base_freq: z.number().default(10_000),
  use_bidirectional_attention: z.boolean().nullish(),
});
type Config = z.infer<typeof Config>;

/** Gemma's norms multiply by 1 + w. */
const norm = (p: Scope, name: string, x: Value, eps: number): Value => {
  const w = p.weight(`${name}.weight`, [x.shape.at(-1)!]);
  return rmsNorm(x, add(w, scalar(w, 1)), eps);
};

type Own = {
  readonly slides: (i: number) => boolean;
  readonly ropes: readonly Rope[];
  readonly ropeOf: (i: number) => number;
  readonly normed: boolean;
  /** of the scores */
  readonly softcap: number | null;
};

const gemma = (model_type: string, c: Config, own: Own): Model => {
  if (c.use_bidirectional_attention)
    throw new AppError('unsupported_model', `${model_type}: use_bidirectional_attention is an embedder's`);
  const sizes = headSizes(c);
  const [hidden, eps] = [c.hidden_size, c.rms_norm_eps];
  const window = (i: number) => (own.slides(i) ? c.sliding_window : null);
  const plain = likeLlama(model_type, c);
  const attention = (p: Scope, i: number): AttentionOptions => ({
    sizes,
    hidden,
    scale: c.query_pre_attn_scalar ** -0.5,
    bias: c.attention_bias,
    window: window(i),
    softcap: own.softcap,
    rope: own.ropeOf(i),
    ...(own.normed && { normed: (name, heads) => norm(p, name, heads, eps) }),
  });
  return {
    ...plain,
    embedding: { ...plain.embedding, scale: Math.sqrt(hidden) },
    head: { ...plain.head, softcap: c.final_logit_softcapping ?? null },
    ropes: own.ropes,
    window,
    layer: (p, x, context, i) => {
      const inside = p.at('self_attn');
      const read = norm(p, 'input_layernorm', x, eps);
      const mixed = p.output('self_attn', selfAttention(inside, read, context, attention(inside, i)));
      const h = add(x, norm(p, 'post_attention_layernorm', mixed, eps));
      const middle = norm(p, 'pre_feedforward_layernorm', h, eps);
      const mlp = { intermediate: c.intermediate_size, hidden, act: geluTanh };
      const y = p.output('mlp', gatedMlp(p.at('mlp'), middle, mlp));
      return add(h, norm(p, 'post_feedforward_layernorm', y, eps));
    },
    final: (p, x) => norm(p, 'model.norm', x, eps),
  };
};

/** Gemma 2 caps scores and logits unless config.json says null. */
const Config2 = Config.extend({
  attn_logit_softcapping: z.number().nullable().default(50),
  final_logit_softcapping: z.number().nullable().default(30),
});

export const gemma2 = (json: unknown): Model => {
  const c = Config2.parse(json);
  const slides = (i: number) => (c.layer_types ? c.layer_types[i] === 'sliding_attention' : i % 2 === 0);
  const ropes = [plainRope(c, headSizes(c).dim)];
  const softcap = c.attn_logit_softcapping;
  return gemma('gemma2', c, { slides, ropes, ropeOf: () => 0, normed: false, softcap });
};

/** The text half of Gemma 3: its sliding layers turn q and k at a base of their own. Its configuration names a cap of the
 *  scores that transformers' attention does not read. */
export const gemma3 = (json: unknown): Model => {
  const c = Config.parse(json);
  const pattern = c.sliding_window_pattern ?? c['_sliding_window_pattern'] ?? 6;
  const slides = (i: number) =>
    c.layer_types ? c.layer_types[i] === 'sliding_attention' : (i + 1) % pattern !== 0;
  const { dim } = headSizes(c);
  const local = c.rope_parameters?.['sliding_attention'] ?? { rope_theta: c.rope_local_base_freq };
  const ropes = [
    ropeOf(ropeParameters(c, 'full_attention'), dim, c.max_position_embeddings, 1_000_000),
    ropeOf(local, dim, c.max_position_embeddings, c.rope_local_base_freq),
  ];
  return gemma('gemma3_text', c, {
    slides,
    ropes,
    ropeOf: (i) => (slides(i) ? 1 : 0),
    normed: true,
    softcap: null,
  });
};
