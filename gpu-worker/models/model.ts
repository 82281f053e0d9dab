import type { Value } from '../onnx/graph.ts';
import type { Scope } from '../nn/scope.ts';

/** How a layer looks at other tokens: training, prefill and decoding differ here and nowhere else. */
export type Context = {
  /** rows [B·T, heads·D] → [B, heads, T, D] */
  heads(x: Value, heads: number): Value;
  /** turns q or k [B, heads, T, D] by position */
  rotate(x: Value): Value;
  /** q [B, heads, T, D], k and v [B, kv, T, D] → rows [B·T, heads·D]; `scale` multiplies the scores */
  attend(q: Value, k: Value, v: Value, scale: number): Value;
};

/** A decoder of one architecture. Paths are the checkpoint's. */
export type Model = {
  readonly model_type: string;
  readonly vocab_size: number;
  readonly hidden_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly num_key_value_heads: number;
  readonly head_dim: number;
  readonly max_position_embeddings: number;
  /** radians a position turns each of the R/2 pairs */
  readonly inv_freq: Float64Array;
  /** names of the embedding table and of the head's, the same when tied: both [vocab, hidden] */
  readonly embedding: string;
  readonly head: string;
  layerPath(i: number): string;
  /** one layer: x [B·T, hidden] → [B·T, hidden] */
  layer(p: Scope, x: Value, context: Context): Value;
  /** what comes before the head: x [n, hidden] → [n, hidden] */
  final(p: Scope, x: Value): Value;
};
