/** A GGUF file seen as a Hugging Face checkpoint: names, row order, config.json, tokenizer. Llama's architecture only. */
import { AppError } from '../../shared/errors.ts';
import type { Base } from './base.ts';
import { openGguf, type Gguf } from './gguf.ts';
import { tokenizerOf } from './gguf-tokenizer.ts';

const NAMES: Readonly<Record<string, string>> = {
  token_embd: 'model.embed_tokens',
  output_norm: 'model.norm',
  output: 'lm_head',
};
const LAYER_NAMES: Readonly<Record<string, string>> = {
  attn_norm: 'input_layernorm',
  attn_q: 'self_attn.q_proj',
  attn_k: 'self_attn.k_proj',
  attn_v: 'self_attn.v_proj',
  attn_output: 'self_attn.o_proj',
  ffn_norm: 'post_attention_layernorm',
  ffn_gate: 'mlp.gate_proj',
  ffn_up: 'mlp.up_proj',
  ffn_down: 'mlp.down_proj',
};

const TENSOR = /^(?:blk\.(\d+)\.)?(.+)\.(weight|bias)$/;

/** `blk.3.attn_q.weight` → `model.layers.3.self_attn.q_proj.weight` */
const hfName = (path: string, name: string): string => {
  const [, layer, part = '', kind = ''] = TENSOR.exec(name) ?? [];
  const known = layer === undefined ? NAMES[part] : LAYER_NAMES[part];
  if (known === undefined)
    throw new AppError(
      'unsupported_model',
      `${path} has the tensor ${name}, which a plain Llama has not: use the model's folder in Hugging Face layout`,
    );
  return layer === undefined ? `${known}.${kind}` : `model.layers.${layer}.${known}.${kind}`;
};

/** llama.cpp pairs neighbours in its rotary embedding, Hugging Face the halves of a head.
 *  Rows [heads, D / 2, 2] → [heads, 2, D / 2], https://github.com/ggml-org/llama.cpp/blob/master/convert_hf_to_gguf.py */
const unpermuteRows = (values: Float32Array, rows: number, heads: number): void => {
  const width = values.length / rows;
  const depth = rows / heads;
  const source = values.slice();
  for (let row = 0; row < rows; row++) {
    const [head, d] = [Math.floor(row / depth), row % depth];
    const to = head * depth + (d % 2) * (depth / 2) + (d >> 1);
    values.set(source.subarray(row * width, (row + 1) * width), to * width);
  }
};

const numberOf = (gguf: Gguf, key: string, otherwise?: number): number => {
  const value = gguf.metadata.get(key) ?? otherwise;
  if (typeof value !== 'number')
    throw new AppError('unsupported_model', `${gguf.path} does not say ${key}, or not as one number`);
  return value;
};

const ropeOf = (gguf: Gguf): { rope_theta: number; rope_type: string; factor?: number } => {
  const rope_theta = numberOf(gguf, 'llama.rope.freq_base', 10_000);
  const scaling = gguf.metadata.get('llama.rope.scaling.type') ?? 'none';
  if (scaling === 'none') return { rope_theta, rope_type: 'default' };
  if (scaling === 'linear')
    return { rope_theta, rope_type: 'linear', factor: numberOf(gguf, 'llama.rope.scaling.factor') };
  throw new AppError(
    'unsupported_model',
    `${gguf.path} scales its rotary embedding by ${JSON.stringify(scaling)}: use the model's folder in Hugging Face layout`,
  );
};

const configOf = (gguf: Gguf): Record<string, unknown> => {
  const number = (key: string, otherwise?: number) => numberOf(gguf, `llama.${key}`, otherwise);
  const architecture = gguf.metadata.get('general.architecture');
  if (architecture !== 'llama' || number('expert_count', 0) > 0)
    throw new AppError(
      'unsupported_model',
      `${gguf.path} has the architecture ${JSON.stringify(architecture)}; plain llama is read from GGUF. Use the model's folder in Hugging Face layout.`,
    );
  const heads = number('attention.head_count');
  const hidden = number('embedding_length');
  const rope = ropeOf(gguf);
  const id = (name: string) => gguf.metadata.get(`tokenizer.ggml.${name}_token_id`) ?? null;
  return {
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    attention_bias: gguf.has('blk.0.attn_q.bias'),
    attention_dropout: 0,
    bos_token_id: id('bos'),
    eos_token_id: id('eos'),
    pad_token_id: id('padding'),
    dtype: 'float32',
    head_dim: number('attention.key_length', hidden / heads),
    hidden_act: 'silu',
    hidden_size: hidden,
    initializer_range: 0.02,
    intermediate_size: number('feed_forward_length'),
    max_position_embeddings: number('context_length'),
    mlp_bias: gguf.has('blk.0.ffn_up.bias'),
    num_attention_heads: heads,
    num_hidden_layers: number('block_count'),
    num_key_value_heads: number('attention.head_count_kv', heads),
    rms_norm_eps: number('attention.layer_norm_rms_epsilon'),
    rope_parameters: rope,
    rope_theta: rope.rope_theta,
    tie_word_embeddings: !gguf.has('output.weight'),
    use_cache: true,
    vocab_size: gguf.shape('token_embd.weight')[0],
  };
};

/** Heads whose rows llama.cpp has rearranged in this tensor, null for the rest. */
const permutedHeads = (name: string, config: Record<string, unknown>): number | null => {
  if (name.includes('.q_proj.')) return config['num_attention_heads'] as number;
  return name.includes('.k_proj.') ? (config['num_key_value_heads'] as number) : null;
};

const viewOf = (gguf: Gguf): Base => {
  const config = configOf(gguf);
  const names = new Map(gguf.names().map((name) => [hfName(gguf.path, name), name]));
  const find = (name: string): string => {
    const own = names.get(name);
    if (own === undefined) throw new AppError('unsupported_model', `${gguf.path} has no tensor ${name}`);
    return own;
  };
  return {
    config,
    tokenizer: tokenizerOf(gguf),
    names: () => [...names.keys()],
    has: (name) => names.has(name),
    shape: (name) => gguf.shape(find(name)),
    read(name, into) {
      const own = find(name);
      const values = gguf.read(own, into);
      const heads = permutedHeads(name, config);
      if (heads !== null) unpermuteRows(values, gguf.shape(own)[0]!, heads);
      return values;
    },
    close: () => gguf.close(),
  };
};

export const openGgufBase = (path: string): Base => {
  const gguf = openGguf(path);
  try {
    return viewOf(gguf);
  } catch (error) {
    gguf.close();
    throw error;
  }
};
