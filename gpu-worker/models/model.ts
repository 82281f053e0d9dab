import type { Value } from '../onnx/graph.ts';
import type { Scores } from '../ops/attention.ts';
import type { LogitOptions } from '../ops/loss.ts';
import type { Scope } from '../nn/scope.ts';
import type { Bits } from '../nn/seams.ts';
import type { Rope } from './rope.ts';

/** How a layer looks at other tokens: training, prefill and decoding differ here and nowhere else. */
export type Context = {
  /** rows [B·T, heads·D] → [B, heads, T, D] */
  heads(x: Value, heads: number): Value;
  /** turns q or k [B, heads, T, D] by position, at the frequencies of one of the model's `ropes` */
  rotate(x: Value, rope?: number): Value;
  /** q [B, heads, T, D], k and v [B, kv, T, D] → rows [B·T, heads·D] */
  attend(q: Value, k: Value, v: Value, scores: Scores): Value;
};

/** Weights that turn a token's id and place into x. */
export type Embedding = {
  /** [vocab, hidden] */
  readonly table: string;
  /** what its rows are multiplied by, and what learned tokens (prompt tuning) are */
  readonly scale: number;
  readonly learnedScale: number;
  /** [places, hidden], learned; null where places turn q and k instead */
  readonly positions: string | null;
};

/** The last product: `weight` [vocab, hidden] is the embedding's where tied; `use` is the module's own name. */
export type Head = LogitOptions & { readonly weight: string; readonly use: string };

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
  /** the kinds of rotary embedding in the model */
  readonly ropes: readonly Rope[];
  /** the layers' frozen linears are stored in so many bits; absent: as float32 */
  readonly bits?: Bits;
  readonly embedding: Embedding;
  readonly head: Head;
  layerPath(i: number): string;
  /** tokens that layer i looks back at, its own included; null for all */
  window(i: number): number | null;
  /** layer i: x [B·T, hidden] → [B·T, hidden] */
  layer(p: Scope, x: Value, context: Context, i: number): Value;
  /** what comes before the head: x [n, hidden] → [n, hidden] */
  final(p: Scope, x: Value): Value;
};
