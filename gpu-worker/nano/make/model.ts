/** A llama that has learnt nothing yet. */
import { mkdirSync } from 'node:fs';
import { uniformAt } from '../../../shared/random.ts';
import type { TokenizerFiles } from '../../../shared/text/tokenizer.ts';
import { type Base, writeHfFolder } from '../../weights/base.ts';
import { sizeOf } from '../../weights/safetensors.ts';

const HEAD_DIM = 32;

/** `hidden_size` × `num_hidden_layers`, all else in proportion. */
export const nanoConfig = (size: {
  readonly vocab_size: number;
  readonly hidden_size: number;
  readonly num_hidden_layers: number;
}) => ({
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  ...size,
  intermediate_size: (size.hidden_size * 11) / 4,
  num_attention_heads: size.hidden_size / HEAD_DIM,
  num_key_value_heads: size.hidden_size / HEAD_DIM / 2,
  head_dim: HEAD_DIM,
  hidden_act: 'silu',
  max_position_embeddings: 1024,
  rms_norm_eps: 1e-5,
  rope_theta: 10_000,
  attention_bias: false,
  mlp_bias: false,
  attention_dropout: 0,
  tie_word_embeddings: true,
  initializer_range: 0.02,
  use_cache: true,
  bos_token_id: 0,
  eos_token_id: 2,
  pad_token_id: 0,
});
export type NanoConfig = ReturnType<typeof nanoConfig>;

const shapesOf = (c: NanoConfig): Record<string, readonly number[]> => {
  const [width, inner] = [c.hidden_size, c.intermediate_size];
  const [q, kv] = [c.num_attention_heads * c.head_dim, c.num_key_value_heads * c.head_dim];
  const layer = (i: number): [string, readonly number[]][] =>
    Object.entries({
      'input_layernorm.weight': [width],
      'self_attn.q_proj.weight': [q, width],
      'self_attn.k_proj.weight': [kv, width],
      'self_attn.v_proj.weight': [kv, width],
      'self_attn.o_proj.weight': [width, q],
      'post_attention_layernorm.weight': [width],
      'mlp.gate_proj.weight': [inner, width],
      'mlp.up_proj.weight': [inner, width],
      'mlp.down_proj.weight': [width, inner],
    }).map(([name, shape]) => [`model.layers.${i}.${name}`, shape]);
  return {
    'model.embed_tokens.weight': [c.vocab_size, width],
    ...Object.fromEntries(Array.from({ length: c.num_hidden_layers }, (_, i) => layer(i)).flat()),
    'model.norm.weight': [width],
  };
};

/** Norms begin at one, the table at 0.02, a linear at 1/√inputs, the two that write into the residual at half of that. */
const initial = (name: string, shape: readonly number[], seed: number): Float32Array => {
  const values = new Float32Array(sizeOf(shape));
  if (shape.length === 1) return values.fill(1);
  const quiet = /(?:o_proj|down_proj)/.test(name) ? 0.5 : 1;
  const deviation = name.includes('embed_tokens') ? 0.02 : quiet / Math.sqrt(shape[1]!);
  const at = uniformAt(seed, name);
  for (let i = 0; i < values.length; i++) {
    const [u, v] = [1 - at(2 * i), at(2 * i + 1)]; // Box and Muller; 1 − u keeps the logarithm finite
    values[i] = deviation * Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);
  }
  return values;
};

export const writeUntrained = (
  dir: string,
  config: NanoConfig,
  tokenizer: TokenizerFiles,
  seed: number,
): void => {
  const shapes = shapesOf(config);
  const base: Base = {
    config,
    tokenizer,
    names: () => Object.keys(shapes),
    has: (name) => name in shapes,
    shape: (name) => shapes[name]!,
    read: (name) => initial(name, shapes[name]!, seed),
    close: () => {},
  };
  mkdirSync(dir, { recursive: true });
  writeHfFolder(base, dir);
};
