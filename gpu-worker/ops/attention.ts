/** Causal grouped-query attention, in blocks of queries: a block sees the keys of its own and of earlier blocks only.
 *  The query heads of one key head are stacked as rows of one product, so dK and dV need no sum over heads. */
import { ints, scalar, type Shape, type Value } from '../onnx/graph.ts';
import { defineOp, emit, shaped } from './define.ts';
import { add, mul, sub, total } from './elementwise.ts';
import { concat, pad, reshape, slice, transpose } from './movement.ts';
import { fused } from './product.ts';
import { softmax } from './reduce.ts';

const NEVER = -1e9; // exp underflows to exactly 0, and a row of nothing else stays finite

export type AttentionOptions = {
  /** factor of the scores, usually 1/√D */
  readonly scale: number;
  /** queries a block; T must be a multiple of it or smaller */
  readonly block: number;
  /** [B, T] int64: a token sees only tokens of its own segment; null where each row is one segment */
  readonly segments: Value | null;
};

/** [B, T, heads·D] as rows [B·T, heads·D] → [B, heads, T, D]. */
export const toHeads = (x: Value, b: number, heads: number): Value =>
  transpose(reshape(x, [b, x.shape[0]! / b, heads, x.shape[1]! / heads]), [0, 2, 1, 3]);

/** [B, heads, T, D] → [B·T, heads·D]. */
export const fromHeads = (x: Value): Value => {
  const [b, heads, t, d] = x.shape as [number, number, number, number];
  return reshape(transpose(x, [0, 2, 1, 3]), [b * t, heads * d]);
};

type Span = { readonly from: number; readonly to: number };
const spans = (t: number, block: number): Span[] =>
  Array.from({ length: Math.ceil(t / block) }, (_, i) => ({
    from: i * block,
    to: Math.min(t, (i + 1) * block),
  }));

/** 0 where query from+i may see key j, NEVER elsewhere: [n, to], or [B, 1, 1, n, to] with segments. Compared in the graph,
 *  so that a model file holds no [T, T] constant. */
const bias = (like: Value, segments: Value | null, { from, to }: Span): Value => {
  const n = to - from;
  const { graph } = like;
  const places = (first: number, count: number, shape: Shape) =>
    graph.constant(
      BigInt64Array.from({ length: count }, (_, i) => BigInt(first + i)),
      shape,
      'int64',
    );
  const past = emit('LessOrEqual', [places(0, to, [1, to]), places(from, n, [n, 1])], {
    dtype: 'bool',
    shape: [n, to],
  });
  const choose = (open: Value) =>
    emit('Where', [open, scalar(like, 0), scalar(like, NEVER)], shaped(like, open.shape));
  if (!segments) return choose(past);
  const b = segments.shape[0]!;
  const q = reshape(slice(segments, 1, from, to), [b, 1, 1, n, 1]);
  const k = reshape(slice(segments, 1, 0, to), [b, 1, 1, 1, to]);
  const output = { dtype: 'bool', shape: [b, 1, 1, n, to] } as const;
  return choose(emit('And', [emit('Equal', [q, k], output), past], output));
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

type Saved = { readonly probs: readonly Value[]; readonly heads: Value };

/** q [B, heads, T, D], k and v [B, kv, T, D] → [B, heads, T, D].
 *  P = softmax(scale·q·kᵀ + bias), o = P·v  ⇒  dS = P∘(do·vᵀ − rowsum(do∘o)), dq = scale·dS·k, dk = scale·dSᵀ·q, dv = Pᵀ·do */
export const attention = (q: Value, k: Value, v: Value, options: AttentionOptions): Value => {
  const [, heads, t] = q.shape as [number, number, number, number];
  const kv = k.shape[1]!;
  const { scale, segments } = options;
  const all = spans(t, options.block);
  const scores = (query: Value, key: Value, span: Span): Value => {
    const { from, to } = span;
    const s = fused(group(query, kv, span), slice(key, 2, 0, to), { transB: 1, alpha: scale });
    const b = s.shape[0]!;
    const wide = reshape(s, [b, kv, heads / kv, to - from, to]);
    return reshape(softmax(add(wide, bias(wide, segments, span))), s.shape);
  };

  return defineOp<[q: Value, k: Value, v: Value], Saved>({
    name: 'Attention',
    forward: (query, key, value) => {
      const probs = all.map((span) => scores(query, key, span));
      const mixed = probs.map((p, i) => fused(p, slice(value, 2, 0, all[i]!.to), { worth: 'product' }));
      const y = ungroup(mixed, all, heads);
      return { y, saved: { probs, heads: y } };
    },
    grad: ({ g, x: [query, key, value], saved: { probs, heads: o } }) => {
      const along = emit('ReduceSum', [mul(g, o), ints(g, [-1])], shaped(g, g.shape.with(3, 1)), {
        attrs: { keepdims: 1 },
      });
      const each = all.map((span, i) => {
        const [p, go] = [probs[i]!, group(g, kv, span)];
        const ds = mul(p, sub(fused(go, slice(value, 2, 0, span.to), { transB: 1 }), group(along, kv, span)));
        const whole = (x: Value) => pad(x, 2, 0, t - span.to);
        return {
          q: fused(ds, slice(key, 2, 0, span.to), { alpha: scale }),
          k: whole(fused(ds, group(query, kv, span), { transA: 1, alpha: scale })),
          v: whole(fused(p, go, { transA: 1 })),
        };
      });
      return [
        ungroup(
          each.map((e) => e.q),
          all,
          heads,
        ),
        total(each.map((e) => e.k)),
        total(each.map((e) => e.v)),
      ];
    },
  })(q, k, v);
};

/** One new token a row against a cache: q [B, heads, 1, D], key and value [B, kv, 1, D] of the token itself, cached
 *  keys and values [B, kv, S, D], open [B, S] float32: 0 where a cached place counts, −1e9 elsewhere. No gradient. */
export const cachedAttention = (
  q: Value,
  own: { readonly key: Value; readonly value: Value },
  cache: { readonly keys: Value; readonly values: Value; readonly open: Value },
  scale: number,
): Value => {
  const [b, heads, , d] = q.shape as [number, number, number, number];
  const [kv, s] = [cache.keys.shape[1]!, cache.keys.shape[2]!];
  const rows = reshape(q, [b, kv, heads / kv, d]);
  const past = fused(rows, cache.keys, { transB: 1, alpha: scale });
  const masked = add(past, reshape(cache.open, [b, 1, 1, s]));
  const here = fused(rows, own.key, { transB: 1, alpha: scale });
  const p = softmax(concat(3, masked, here));
  const mixed = add(fused(slice(p, 3, 0, s), cache.values), fused(slice(p, 3, s, s + 1), own.value));
  return reshape(mixed, [b, heads, 1, d]);
};
