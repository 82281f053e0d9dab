/** A Qwen3 of random values with the tokenizer of the tiny base: own q and k norms, head_dim ≠ hidden_size / heads. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeSafetensors } from '../../gpu-worker/weights/safetensors.ts';
import { uniformAt } from '../../shared/random.ts';
import { writeTinyBase } from './tiny-base.ts';

const CONFIG = {
  architectures: ['Qwen3ForCausalLM'],
  model_type: 'qwen3',
  hidden_size: 48,
  intermediate_size: 88,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 20,
  vocab_size: 260,
  max_position_embeddings: 512,
  rms_norm_eps: 1e-6,
  rope_theta: 10000,
  rope_scaling: null,
  hidden_act: 'silu',
  attention_bias: false,
  tie_word_embeddings: true,
  use_sliding_window: false,
  sliding_window: null,
  max_window_layers: 2,
  bos_token_id: 0,
  eos_token_id: 2,
  torch_dtype: 'float32',
} as const;

const shapes = (): [name: string, shape: readonly number[]][] => {
  const { hidden_size: c, intermediate_size: f, head_dim: d } = CONFIG;
  const [q, kv] = [CONFIG.num_attention_heads * d, CONFIG.num_key_value_heads * d];
  const layers = Array.from({ length: CONFIG.num_hidden_layers }, (_, i) => `model.layers.${i}`);
  return [
    ['model.embed_tokens.weight', [CONFIG.vocab_size, c]],
    ['model.norm.weight', [c]],
    ...layers.flatMap((layer): [string, readonly number[]][] => [
      [`${layer}.input_layernorm.weight`, [c]],
      [`${layer}.post_attention_layernorm.weight`, [c]],
      [`${layer}.self_attn.q_norm.weight`, [d]],
      [`${layer}.self_attn.k_norm.weight`, [d]],
      [`${layer}.self_attn.q_proj.weight`, [q, c]],
      [`${layer}.self_attn.k_proj.weight`, [kv, c]],
      [`${layer}.self_attn.v_proj.weight`, [kv, c]],
      [`${layer}.self_attn.o_proj.weight`, [c, q]],
      [`${layer}.mlp.gate_proj.weight`, [f, c]],
      [`${layer}.mlp.up_proj.weight`, [f, c]],
      [`${layer}.mlp.down_proj.weight`, [c, f]],
    ]),
  ];
};

/** Norms around 1, the rest around 0, in ±0.25. */
const values = (name: string, shape: readonly number[]): Float32Array => {
  const at = uniformAt(1, name);
  const middle = name.includes('norm') ? 1 : 0;
  const count = shape.reduce((n, x) => n * x, 1);
  return Float32Array.from({ length: count }, (_, i) => middle + (at(i) - 0.5) / 2);
};

/** Writes the folder, made where missing, and returns it: a `base` of a recipe. */
export const writeTinyQwen3 = (folder: string): string => {
  writeTinyBase(folder);
  writeFileSync(join(folder, 'config.json'), JSON.stringify(CONFIG));
  const tensors = shapes().map(
    ([name, shape]) => [name, { dtype: 'F32' as const, shape, data: values(name, shape) }] as const,
  );
  writeSafetensors(join(folder, 'model.safetensors'), Object.fromEntries(tensors));
  return folder;
};
