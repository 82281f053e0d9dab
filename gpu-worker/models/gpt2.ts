/** https://github.com/huggingface/transformers/blob/main/src/transformers/models/gpt2/modeling_gpt2.py */
import { z } from 'zod';
import { AppError } from '../../shared/errors.ts';
import type { Scope } from '../nn/scope.ts';
import type { Value } from '../onnx/graph.ts';
import { add, gelu, geluTanh, relu, silu, tanh } from '../ops/elementwise.ts';
import { slice } from '../ops/movement.ts';
import { layerNorm } from '../ops/norm.ts';
import type { Context, Model } from './model.ts';

const ACTIVATIONS = {
  gelu_new: geluTanh,
  gelu_pytorch_tanh: geluTanh,
  gelu,
  relu,
  silu,
  swish: silu,
  tanh,
} as const;
const activations = Object.keys(ACTIVATIONS) as [keyof typeof ACTIVATIONS];

const Config = z.looseObject({
  vocab_size: z.int(),
  n_embd: z.int(),
  n_head: z.int(),
  n_inner: z.int().nullish(),
  n_layer: z.int(),
  n_positions: z.int(),
  layer_norm_epsilon: z.number().default(1e-5),
  activation_function: z.enum(activations).default('gelu_new'),
  scale_attn_weights: z.boolean().default(true),
  scale_attn_by_inverse_layer_idx: z.boolean().default(false),
  add_cross_attention: z.literal(false).default(false),
  tie_word_embeddings: z.boolean().default(true),
});

const norm = (p: Scope, name: string, x: Value, eps: number): Value => {
  const shape = [x.shape.at(-1)!];
  return layerNorm(x, p.weight(`${name}.weight`, shape), p.weight(`${name}.bias`, shape), eps);
};

/** Learned positions, LayerNorm, one linear for q, k and v, weights stored [in, out] (Conv1D). */
export const gpt2 = (json: unknown): Model => {
  const c = Config.parse(json);
  const [hidden, heads, eps] = [c.n_embd, c.n_head, c.layer_norm_epsilon];
  const dim = hidden / heads;
  if (!Number.isInteger(dim))
    throw new AppError('unsupported_model', `gpt2: n_embd ${hidden} is no multiple of n_head ${heads}`);
  const stored = { bias: true, conv1d: true } as const;
  const scaleOf = (i: number) =>
    (c.scale_attn_weights ? dim ** -0.5 : 1) / (c.scale_attn_by_inverse_layer_idx ? i + 1 : 1);

  const attention = (p: Scope, x: Value, context: Context, i: number): Value => {
    const fused = p.linear('c_attn', x, 3 * hidden, stored);
    const [q, k, v] = [0, 1, 2].map((n) =>
      context.heads(slice(fused, 1, n * hidden, (n + 1) * hidden), heads),
    ) as [Value, Value, Value];
    return p.linear('c_proj', context.attend(q, k, v, { scale: scaleOf(i) }), hidden, stored);
  };
  const mlp = (p: Scope, x: Value): Value => {
    const wide = p.linear('c_fc', x, c.n_inner ?? 4 * hidden, stored);
    return p.linear('c_proj', ACTIVATIONS[c.activation_function](wide), hidden, stored);
  };
  const table = 'transformer.wte.weight';
  return {
    model_type: 'gpt2',
    vocab_size: c.vocab_size,
    hidden_size: hidden,
    num_hidden_layers: c.n_layer,
    num_attention_heads: heads,
    num_key_value_heads: heads,
    head_dim: dim,
    max_position_embeddings: c.n_positions,
    ropes: [],
    embedding: { table, scale: 1, learnedScale: 1, positions: 'transformer.wpe.weight' },
    head: {
      weight: c.tie_word_embeddings ? table : 'lm_head.weight',
      use: 'lm_head.weight',
      scale: 1,
      softcap: null,
    },
    layerPath: (i) => `transformer.h.${i}`,
    window: () => null,
    layer: (p, x, context, i) => {
      const mixed = attention(p.at('attn'), norm(p, 'ln_1', x, eps), context, i);
      const h = add(x, p.output('attn', mixed));
      return add(h, p.output('mlp', mlp(p.at('mlp'), norm(p, 'ln_2', h, eps))));
    },
    final: (p, x) => norm(p, 'transformer.ln_f', x, eps),
  };
};
