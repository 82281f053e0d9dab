/** Fields that most config.json have, and what models make of them alike. */
import { z } from 'zod';
import type { Head, Model } from './model.ts';
import { RopeConfig } from './rope.ts';

export const Sizes = {
  vocab_size: z.int(),
  hidden_size: z.int(),
  intermediate_size: z.int(),
  num_hidden_layers: z.int(),
  num_attention_heads: z.int(),
  num_key_value_heads: z.int().nullish(),
  head_dim: z.int().nullish(),
  max_position_embeddings: z.int().default(2048),
  rms_norm_eps: z.number().default(1e-6),
  tie_word_embeddings: z.boolean().default(false),
  ...RopeConfig,
} as const;
const SizesConfig = z.looseObject(Sizes);
type SizesConfig = z.infer<typeof SizesConfig>;

export type HeadSizes = { readonly heads: number; readonly kv: number; readonly dim: number };
export const headSizes = (
  c: Pick<SizesConfig, 'hidden_size' | 'num_attention_heads' | 'num_key_value_heads' | 'head_dim'>,
): HeadSizes => {
  const heads = c.num_attention_heads;
  return { heads, kv: c.num_key_value_heads ?? heads, dim: c.head_dim ?? Math.floor(c.hidden_size / heads) };
};

/** What a model says of itself when it is laid out as Llama is. */
export const likeLlama = (
  model_type: string,
  c: SizesConfig,
): Omit<Model, 'ropes' | 'layer' | 'final' | 'window'> => {
  const { kv, dim } = headSizes(c);
  const embedding = 'model.embed_tokens.weight';
  const head: Head = {
    weight: c.tie_word_embeddings ? embedding : 'lm_head.weight',
    use: 'lm_head.weight',
    scale: 1,
    softcap: null,
  };
  return {
    model_type,
    vocab_size: c.vocab_size,
    hidden_size: c.hidden_size,
    num_hidden_layers: c.num_hidden_layers,
    num_attention_heads: c.num_attention_heads,
    num_key_value_heads: kv,
    head_dim: dim,
    max_position_embeddings: c.max_position_embeddings,
    embedding: { table: embedding, scale: 1, learnedScale: 1, positions: null },
    head,
    layerPath: (i) => `model.layers.${i}`,
  };
};

export const LayerTypes = z.array(z.enum(['full_attention', 'sliding_attention'])).nullish();
