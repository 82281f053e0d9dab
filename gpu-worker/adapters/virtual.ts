/** Learned tokens: prefix tuning, https://arxiv.org/abs/2101.00190, whose n keys and values stand before each layer's own as
 *  they are, and prompt tuning, https://arxiv.org/abs/2104.08691, whose n embeddings stand before the tokens. */
import { z } from 'zod';
import type { Model } from '../models/model.ts';
import type { Heads, Prefix, Tools } from '../nn/seams.ts';
import { reshape, transpose } from '../ops/movement.ts';
import { parseConfig } from '../weights/peft.ts';
import { type Adapter, refuse } from './adapter.ts';

const KEY = 'prompt_embeddings';

/** PEFT's tensor [n, 2·layers·kv·D] holds, for each token, the key and then the value of each layer in turn. */
const prefixOf = (layer: number, n: number, { kv, d, layers }: Heads, tools: Tools): Prefix => {
  const width = kv * d;
  const part = (as: string, index: number) => {
    const from = index * width;
    const rows = tools.declare({
      as,
      name: `${KEY}[${from}]`,
      columns: { tensor: KEY, from, of: 2 * layers * width },
      shape: [n, width],
      init: { normal: 1 },
    });
    return transpose(reshape(rows, [n, kv, d]), [1, 0, 2]);
  };
  return { keys: part('prefix.keys', 2 * layer), values: part('prefix.values', 2 * layer + 1) };
};

const common = (num_virtual_tokens: number, model: Model) => ({
  modules_to_save: null,
  num_layers: model.num_hidden_layers,
  num_transformer_submodules: 1,
  num_virtual_tokens,
});

const Config = z.looseObject({ num_virtual_tokens: z.int().min(1) });

export const prefix: Adapter<'prefix'> = {
  seams: ({ num_virtual_tokens: n }) => ({
    virtual: { count: n, embeddings: false },
    prefix: (layer, heads, tools) => prefixOf(layer, n, heads, tools),
  }),
  config: ({ num_virtual_tokens }, model) => {
    const width = model.num_key_value_heads * model.head_dim;
    return {
      ...common(num_virtual_tokens, model),
      peft_type: 'PREFIX_TUNING',
      encoder_hidden_size: width,
      init_weights: null,
      num_attention_heads: model.num_key_value_heads,
      prefix_projection: false,
      token_dim: width,
    };
  },
  read: (file) => {
    refuse(file, { modules_to_save: [], prefix_projection: [false] });
    return { type: 'prefix', num_virtual_tokens: parseConfig(file, Config).num_virtual_tokens };
  },
};

export const prompt: Adapter<'prompt'> = {
  seams: ({ num_virtual_tokens: count }) => ({ virtual: { count, embeddings: true } }),
  config: ({ num_virtual_tokens }, model) => ({
    ...common(num_virtual_tokens, model),
    peft_type: 'PROMPT_TUNING',
    num_attention_heads: model.num_attention_heads,
    prompt_tuning_init: 'RANDOM',
    prompt_tuning_init_text: null,
    token_dim: model.hidden_size,
    tokenizer_kwargs: null,
    tokenizer_name_or_path: null,
  }),
  read: (file) => {
    refuse(file, { modules_to_save: [] });
    return { type: 'prompt', num_virtual_tokens: parseConfig(file, Config).num_virtual_tokens };
  },
};
