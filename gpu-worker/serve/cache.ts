/** Keys and values of the tokens so far, [b, kv, S, D] for each layer. */
import type { Model } from '../models/model.ts';

const STEP = 64;

export type Cache = {
  readonly b: number;
  readonly kv: number;
  readonly d: number;
  /** places for which there is room */
  s: number;
  /** tokens of each row that are in the cache */
  readonly lengths: number[];
  readonly layers: { keys: Float32Array; values: Float32Array }[];
};

export const openCache = (model: Model, b: number): Cache => ({
  b,
  kv: model.num_key_value_heads,
  d: model.head_dim,
  s: 0,
  lengths: Array.from({ length: b }, () => 0),
  layers: Array.from({ length: model.num_hidden_layers }, () => ({
    keys: new Float32Array(0),
    values: new Float32Array(0),
  })),
});

/** Copies row-heads of s places into a longer or shorter array; `from[i]` is the old row of new row i. */
const moved = (old: Float32Array, from: readonly number[], { kv, d, s }: Cache, to: number): Float32Array => {
  const made = new Float32Array(from.length * kv * to * d);
  for (const [row, before] of from.entries())
    for (let h = 0; h < kv; h++) {
      const at = (before * kv + h) * s * d;
      made.set(old.subarray(at, at + Math.min(s, to) * d), (row * kv + h) * to * d);
    }
  return made;
};

/** Makes room for at least `places` tokens a row. */
export const growTo = (cache: Cache, places: number): void => {
  if (places <= cache.s) return;
  const to = Math.ceil(places / STEP) * STEP;
  const all = cache.lengths.map((_, i) => i);
  for (const layer of cache.layers) {
    layer.keys = moved(layer.keys, all, cache, to);
    layer.values = moved(layer.values, all, cache, to);
  }
  cache.s = to;
};

/** A cache of some of the rows. */
export const keepRows = (cache: Cache, rows: readonly number[]): Cache => ({
  ...cache,
  b: rows.length,
  lengths: rows.map((i) => cache.lengths[i]!),
  layers: cache.layers.map(({ keys, values }) => ({
    keys: moved(keys, rows, cache, cache.s),
    values: moved(values, rows, cache, cache.s),
  })),
});

/** Puts [b, kv, t, D] of new tokens behind what row `i` has; only the first `counts[i]` of the t are real. Call once a
 *  layer, then `advance`. */
export const put = (
  { kv, d, s, lengths, layers }: Cache,
  layer: number,
  fresh: { readonly keys: Float32Array; readonly values: Float32Array; readonly t: number },
  counts: readonly number[],
): void => {
  const { keys, values } = layers[layer]!;
  for (const [row, n] of counts.entries())
    for (let h = 0; h < kv; h++) {
      const from = (row * kv + h) * fresh.t * d;
      const to = ((row * kv + h) * s + lengths[row]!) * d;
      keys.set(fresh.keys.subarray(from, from + n * d), to);
      values.set(fresh.values.subarray(from, from + n * d), to);
    }
};

export const advance = (cache: Cache, counts: readonly number[]): void => {
  for (const [row, n] of counts.entries()) cache.lengths[row]! += n;
};
