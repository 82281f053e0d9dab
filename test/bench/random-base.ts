/** Models of known shapes with random weights, as Hugging Face folders in bfloat16: what time and memory depend on. */
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { sizeOf, type TensorToWrite, writeSafetensors } from '../../gpu-worker/weights/safetensors.ts';
import { uniformAt } from '../../shared/random.ts';
import { writeByteTokenizer } from '../helpers/tiny-base.ts';

type Shape = {
  readonly model_type: 'llama' | 'qwen3';
  readonly vocab_size: number;
  readonly hidden_size: number;
  readonly intermediate_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly num_key_value_heads: number;
  readonly head_dim: number;
};

/** SmolLM2-135M, SmolLM2-360M and Qwen3-0.6B, from their config.json. */
export const SHAPES = {
  '135M': {
    model_type: 'llama',
    vocab_size: 49_152,
    hidden_size: 576,
    intermediate_size: 1536,
    num_hidden_layers: 30,
    num_attention_heads: 9,
    num_key_value_heads: 3,
    head_dim: 64,
  },
  '360M': {
    model_type: 'llama',
    vocab_size: 49_152,
    hidden_size: 960,
    intermediate_size: 2560,
    num_hidden_layers: 32,
    num_attention_heads: 15,
    num_key_value_heads: 5,
    head_dim: 64,
  },
  '0.6B': {
    model_type: 'qwen3',
    vocab_size: 151_936,
    hidden_size: 1024,
    intermediate_size: 3072,
    num_hidden_layers: 28,
    num_attention_heads: 16,
    num_key_value_heads: 8,
    head_dim: 128,
  },
} as const satisfies Record<string, Shape>;
export type ShapeName = keyof typeof SHAPES;

type Sizes = Readonly<Record<string, readonly number[]>>;

const layerSizes = (s: Shape, i: number): Sizes => {
  const { hidden_size: c, intermediate_size: wide, head_dim: d } = s;
  const [q, kv] = [s.num_attention_heads * d, s.num_key_value_heads * d];
  const own: Sizes = {
    'input_layernorm.weight': [c],
    'post_attention_layernorm.weight': [c],
    'self_attn.q_proj.weight': [q, c],
    'self_attn.k_proj.weight': [kv, c],
    'self_attn.v_proj.weight': [kv, c],
    'self_attn.o_proj.weight': [c, q],
    'mlp.gate_proj.weight': [wide, c],
    'mlp.up_proj.weight': [wide, c],
    'mlp.down_proj.weight': [c, wide],
    ...(s.model_type === 'qwen3' && { 'self_attn.q_norm.weight': [d], 'self_attn.k_norm.weight': [d] }),
  };
  return Object.fromEntries(Object.entries(own).map(([name, size]) => [`model.layers.${i}.${name}`, size]));
};

const sizesOf = (s: Shape): Sizes => ({
  'model.embed_tokens.weight': [s.vocab_size, s.hidden_size],
  'model.norm.weight': [s.hidden_size],
  ...Object.assign({}, ...Array.from({ length: s.num_hidden_layers }, (_, i) => layerSizes(s, i))),
});

const matrices = (sizes: Sizes): number =>
  Object.entries(sizes)
    .filter(([name, shape]) => name.includes('.layers.') && shape.length === 2)
    .reduce((sum, [, shape]) => sum + sizeOf(shape), 0);

/** Weights that every token is multiplied by: in the layers, and in the head. */
export const weightsOf = (name: ShapeName): { readonly layers: number; readonly head: number } => {
  const shape = SHAPES[name];
  return { layers: matrices(sizesOf(shape)), head: shape.vocab_size * shape.hidden_size };
};

const BLOCK = 1 << 16;

/** bfloat16 values in ±0.06, one block again and again; norms are 1. */
const valuesOf = (shape: readonly number[], block: Uint16Array): Uint16Array => {
  const values = new Uint16Array(sizeOf(shape));
  if (shape.length === 1) return values.fill(0x3f80);
  for (let at = 0; at < values.length; at += BLOCK)
    values.set(block.subarray(0, Math.min(BLOCK, values.length - at)), at);
  return values;
};

/** Folder of the model under the home, written the first time. */
export const randomBase = (name: ShapeName, home: string): string => {
  const folder = join(resolve(home), 'random', name);
  if (existsSync(folder)) return folder;
  const part = `${folder}.part`;
  mkdirSync(part, { recursive: true });
  const shape = SHAPES[name];
  const at = uniformAt(1, name);
  const random = Float32Array.from({ length: BLOCK }, (_, i) => (at(i) - 0.5) * 0.12);
  const block = Uint16Array.from(new Uint32Array(random.buffer), (bits) => bits >>> 16);
  const tensors = Object.entries(sizesOf(shape)).map(([key, size]): [string, TensorToWrite] => [
    key,
    { dtype: 'BF16', shape: size, data: () => valuesOf(size, block) },
  ]);
  writeSafetensors(join(part, 'model.safetensors'), Object.fromEntries(tensors));
  const config = {
    ...shape,
    architectures: [shape.model_type === 'qwen3' ? 'Qwen3ForCausalLM' : 'LlamaForCausalLM'],
    hidden_act: 'silu',
    max_position_embeddings: 16_384,
    rms_norm_eps: 1e-5,
    rope_theta: 100_000,
    tie_word_embeddings: true,
    attention_bias: false,
  };
  writeFileSync(join(part, 'config.json'), JSON.stringify(config, null, 2));
  writeByteTokenizer(part);
  renameSync(part, folder);
  return folder;
};
