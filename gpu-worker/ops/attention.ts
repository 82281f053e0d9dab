/** Causal grouped-query attention, in blocks of queries: a block sees the keys of its own and of earlier blocks only.
 *  The query heads of one key head are stacked as rows of one product, so dK and dV need no sum over heads. */
import { ints, scalar, type Value } from '../onnx/graph.ts';
import { openPlaces, type Places, type Span, spansOf } from './causal.ts';
import { defineOp, emit, like, shaped } from './define.ts';
import { add, mul, sub, total } from './elementwise.ts';
import { concat, expand, pad, reshape, slice, transpose } from './movement.ts';
import { fused, matmul } from './product.ts';
import { softmax } from './reduce.ts';

export type Scores = {
  /** factor of the scores, usually 1/√D */
  readonly scale: number;
  /** a query sees itself and the window − 1 places before it; absent: all before it */
  readonly window?: number | null;
  /** cap·tanh(s/cap) bounds the scores, before the mask */
  readonly softcap?: number | null;
};

export type AttentionOptions = Scores & {
  /** queries a block; T must be a multiple of it or smaller */
  readonly block: number;
  /** [B, T] int64: a token is seen only from places of its row before this one; null where all after it see it */
  readonly until: Value | null;
  /** the first so many keys are no token's: every query sees them, within the window */
  readonly prefix?: number;
  readonly positions?: Places['positions'];
};

/** [B, T, heads·D] as rows [B·T, heads·D] → [B, heads, T, D]. */
export const toHeads = (x: Value, b: number, heads: number): Value =>
  transpose(reshape(x, [b, x.shape[0]! / b, heads, x.shape[1]! / heads]), [0, 2, 1, 3]);

/** [B, heads, T, D] → [B·T, heads·D]. */
export const fromHeads = (x: Value): Value => {
  const [b, heads, t, d] = x.shape as [number, number, number, number];
  return reshape(transpose(x, [0, 2, 1, 3]), [b * t, heads * d]);
};

/** [kv, n, D] and [B, kv, T, D] → [B, kv, n + T, D] */
export const behindPrefix = (prefix: Value, x: Value): Value => {
  const [b, kv, , d] = x.shape as [number, number, number, number];
  const n = prefix.shape[1]!;
  return concat(2, expand(reshape(prefix, [1, kv, n, d]), [b, kv, n, d]), x);
};

/** Rows of a span of queries, the heads of one key head together: [B, heads, T, W] → [B, kv, heads/kv·n, W]. */
const group = (x: Value, kv: number, { from, to }: Span): Value => {
  const [b, heads, , width] = x.shape as [number, number, number, number];
  return reshape(slice(x, 2, from, to), [b, kv, (heads / kv) * (to - from), width]);
};

const ungroup = (parts: readonly Value[], all: readonly Span[], heads: number): Value => {
  const [first, ...rest] = parts.map((p, i) =>
    reshape(p, [p.shape[0]!, heads, all[i]!.to - all[i]!.from, p.shape[3]!]),
  );
  return rest.length === 0 ? first! : concat(2, first!, ...rest);
};

type Weighed = {
  readonly p: Value;
  /** tanh of the scores, where they are capped */ readonly t: Value | null;
};

/** softmax of one span's scores, rows as `group` makes them. */
const weigh = (query: Value, key: Value, span: Span, places: Places, options: AttentionOptions): Weighed => {
  const { scale, softcap } = options;
  const [, heads] = query.shape as [number, number];
  const kv = key.shape[1]!;
  const { lo, hi } = span;
  const alpha = softcap ? scale / softcap : scale;
  const raw = fused(group(query, kv, span), slice(key, 2, lo, hi), { transB: 1, alpha });
  const t = softcap ? emit('Tanh', [raw], like(raw), { worth: 'scores' }) : null;
  const s = t ? mul(t, scalar(t, softcap!)) : raw;
  const wide = reshape(s, [s.shape[0]!, kv, heads / kv, span.to - span.from, hi - lo]);
  return { p: reshape(softmax(add(wide, openPlaces(wide, places, span))), s.shape), t };
};

type Saved = { readonly all: readonly Weighed[]; readonly heads: Value };

/** q [B, heads, T, D], k and v [B, kv, prefix + T, D] → [B, heads, T, D].
 *  P = softmax(scale·q·kᵀ + bias), o = P·v  ⇒  dS = P∘(do·vᵀ − rowsum(do∘o)), dq = scale·dS·k, dk = scale·dSᵀ·q, dv = Pᵀ·do;
 *  where scores are capped dS is multiplied by 1 − tanh². */
export const attention = (q: Value, k: Value, v: Value, options: AttentionOptions): Value => {
  const [, heads, t] = q.shape as [number, number, number, number];
  const [kv, keys] = [k.shape[1]!, k.shape[2]!];
  const { scale, until, prefix = 0, window = null, positions = null } = options;
  const places: Places = { until, prefix, window, positions };
  const spans = spansOf(t, options.block, places);

  return defineOp<[q: Value, k: Value, v: Value], Saved>({
    name: 'Attention',
    forward: (query, key, value) => {
      const all = spans.map((span) => weigh(query, key, span, places, options));
      const mixed = all.map(({ p }, i) =>
        fused(p, slice(value, 2, spans[i]!.lo, spans[i]!.hi), { worth: 'product' }),
      );
      const y = ungroup(mixed, spans, heads);
      return { y, saved: { all, heads: y } };
    },
    grad: ({ g, x: [query, key, value], saved: { all, heads: o } }) => {
      const along = emit('ReduceSum', [mul(g, o), ints(g, [-1])], shaped(g, g.shape.with(3, 1)), {
        attrs: { keepdims: 1 },
      });
      const each = spans.map((span, i) => {
        const [{ p, t: bent }, go] = [all[i]!, group(g, kv, span)];
        const { lo, hi } = span;
        const plain = mul(p, sub(fused(go, slice(value, 2, lo, hi), { transB: 1 }), group(along, kv, span)));
        const ds = bent ? mul(plain, sub(scalar(bent, 1), mul(bent, bent))) : plain;
        const whole = (x: Value) => pad(x, 2, lo, keys - hi);
        return {
          q: fused(ds, slice(key, 2, lo, hi), { alpha: scale }),
          k: whole(fused(ds, group(query, kv, span), { transA: 1, alpha: scale })),
          v: whole(fused(p, go, { transA: 1 })),
        };
      });
      const of = (part: 'q' | 'k' | 'v') => each.map((e) => e[part]);
      return [ungroup(of('q'), spans, heads), total(of('k')), total(of('v'))];
    },
  })(q, k, v);
};

export type KeysAndValues = { readonly keys: Value; readonly values: Value };

/** One new token a row against a cache: q [B, heads, 1, D], own keys and values [B, kv, 1, D] of the token itself, cached
 *  ones [B, kv, S, D], prefix [kv, n, D], open [B, n + S] float32: 0 where a place of the prefix or the cache counts, −1e9
 *  elsewhere. No gradient. */
export const cachedAttention = (
  q: Value,
  own: KeysAndValues,
  cache: KeysAndValues & { readonly open: Value },
  prefix: KeysAndValues | null,
  { scale, softcap }: Scores,
): Value => {
  const [b, heads, , d] = q.shape as [number, number, number, number];
  const [kv, s] = [cache.keys.shape[1]!, cache.keys.shape[2]!];
  const rows = reshape(q, [b, kv, heads / kv, d]);
  const capped = (raw: Value) => (softcap ? mul(emit('Tanh', [raw], like(raw)), scalar(raw, softcap)) : raw);
  const scores = (keys: Value) =>
    capped(fused(rows, keys, { transB: 1, alpha: softcap ? scale / softcap : scale }));
  const n = cache.open.shape[1]! - s;
  const closed = (from: number, to: number) => reshape(slice(cache.open, 1, from, to), [b, 1, 1, to - from]);
  const past = add(scores(cache.keys), closed(n, n + s));
  const all = [past, scores(own.keys)] as [Value, ...Value[]];
  const values = [cache.values, own.values];
  if (prefix) {
    // prefix keys are one set for all rows: a product that repeats them, not a copy beside the cache
    const turned = transpose(prefix.keys, [0, 2, 1]);
    const raw = mul(matmul(rows, turned), scalar(rows, softcap ? scale / softcap : scale));
    all.unshift(add(capped(raw), closed(0, n)));
    values.unshift(prefix.values);
  }
  const p = softmax(concat(3, ...all));
  let at = 0;
  const mixed = values.map((v, i) => {
    const part = slice(p, 3, at, (at += all[i]!.shape[3]!));
    return v.shape.length === 3 ? matmul(part, v) : fused(part, v);
  });
  return reshape(total(mixed), [b, heads, 1, d]);
};
