/** https://github.com/huggingface/transformers/blob/main/src/transformers/models/llama/modeling_llama.py */
import { z } from 'zod';
import type { Value } from '../onnx/graph.ts';
import { add, mul, silu } from '../ops/elementwise.ts';
import { rmsNorm } from '../ops/norm.ts';
import type { Scope } from '../nn/scope.ts';
import type { Context, Model } from './model.ts';
import { inverseFrequencies, RopeConfig } from './rope.ts';

const Config = z.looseObject({
  vocab_size: z.int(),
  hidden_size: z.int(),
  intermediate_size: z.int(),
  num_hidden_layers: z.int(),
  num_attention_heads: z.int(),
  num_key_value_heads: z.int().optional(),
  head_dim: z.int().nullish(),
  max_position_embeddings: z.int().default(2048),
  rms_norm_eps: z.number().default(1e-6),
  hidden_act: z.literal('silu').default('silu'),
  tie_word_embeddings: z.boolean().default(false),
  attention_bias: z.boolean().default(false),
  mlp_bias: z.boolean().default(false),
  ...RopeConfig,
});

type Two = readonly [Value, Value];
type Three = readonly [Value, Value, Value];

export const llama = (json: unknown): Model => {
  const c = Config.parse(json);
  const heads = c.num_attention_heads;
  const kv = c.num_key_value_heads ?? heads;
  const dim = c.head_dim ?? c.hidden_size / heads;
  const norm = (p: Scope, name: string, x: Value) =>
    rmsNorm(x, p.weight(`${name}.weight`, [c.hidden_size]), c.rms_norm_eps);

  const attention = (p: Scope, x: Value, { heads: split, rotate, attend }: Context): Value => {
    const widths = { q_proj: heads * dim, k_proj: kv * dim, v_proj: kv * dim };
    const [q, k, v] = p.linears(widths, x, c.attention_bias) as Three;
    const mixed = attend(rotate(split(q, heads)), rotate(split(k, kv)), split(v, kv), dim ** -0.5);
    return p.linear('o_proj', mixed, c.hidden_size, c.attention_bias);
  };
  const mlp = (p: Scope, x: Value): Value => {
    const widths = { gate_proj: c.intermediate_size, up_proj: c.intermediate_size };
    const [gate, up] = p.linears(widths, x, c.mlp_bias) as Two;
    return p.linear('down_proj', mul(silu(gate), up), c.hidden_size, c.mlp_bias);
  };

  return {
    ...c,
    model_type: 'llama',
    num_key_value_heads: kv,
    head_dim: dim,
    inv_freq: inverseFrequencies(c, dim),
    embedding: 'model.embed_tokens.weight',
    head: c.tie_word_embeddings ? 'model.embed_tokens.weight' : 'lm_head.weight',
    layerPath: (i) => `model.layers.${i}`,
    layer: (p, x, context) => {
      const h = add(x, attention(p.at('self_attn'), norm(p, 'input_layernorm', x), context));
      return add(h, mlp(p.at('mlp'), norm(p, 'post_attention_layernorm', h)));
    },
    final: (p, x) => norm(p, 'model.norm', x),
  };
};
