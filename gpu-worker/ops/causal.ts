/** Which places a block of queries may look at. */
import { scalar, type Shape, type Value } from '../onnx/graph.ts';
import { emit, shaped } from './define.ts';
import { concat, expand, reshape, slice } from './movement.ts';

const NEVER = -1e9; // exp underflows to exactly 0, and a row of nothing else stays finite

export type Places = {
  /** [B, T] int64, or null where each row is one segment */
  readonly segments: Value | null;
  /** keys before the first token's */
  readonly prefix: number;
  readonly window: number | null;
};

/** Queries from … to − 1 and the keys lo … hi − 1 that any of them may see; keys count from the first of the prefix. */
export type Span = { readonly from: number; readonly to: number; readonly lo: number; readonly hi: number };

export const spansOf = (t: number, block: number, { prefix, window }: Places): Span[] =>
  Array.from({ length: Math.ceil(t / block) }, (_, i) => {
    const [from, to] = [i * block, Math.min(t, (i + 1) * block)];
    const lo = window && prefix === 0 ? Math.max(0, from - window + 1) : 0;
    return { from, to, lo, hi: prefix + to };
  });

const choose = (like: Value, open: Value): Value =>
  emit('Where', [open, scalar(like, 0), scalar(like, NEVER)], shaped(like, open.shape));

const and = (a: Value, b: Value, shape: Shape): Value => emit('And', [a, b], { dtype: 'bool', shape });

/** 0 where a query may see a key, −1e9 elsewhere: [n, keys], or [B, 1, 1, n, keys] with segments. Compared in the graph, so
 *  that a model file holds no [T, T] constant. */
export const openPlaces = (like: Value, { segments, prefix, window }: Places, span: Span): Value => {
  const { from, to, lo, hi } = span;
  const n = to - from;
  const places = (first: number, count: number, shape: Shape) =>
    like.graph.constant(
      BigInt64Array.from({ length: count }, (_, i) => BigInt(first + i)),
      shape,
      'int64',
    );
  /** by place alone, keys first … last − 1 */
  const seen = (first: number, last: number): Value => {
    const [shape, keys] = [[n, last - first], places(first, last - first, [1, last - first])];
    const past = emit('LessOrEqual', [keys, places(prefix + from, n, [n, 1])], { dtype: 'bool', shape });
    if (!window) return past;
    const near = emit('Greater', [keys, places(prefix + from - window, n, [n, 1])], { dtype: 'bool', shape });
    return and(past, near, shape);
  };
  if (!segments) return choose(like, seen(lo, hi));
  const b = segments.shape[0]!;
  const real = Math.max(lo, prefix);
  const shape = [b, 1, 1, n, hi - real];
  const q = reshape(slice(segments, 1, from, to), [b, 1, 1, n, 1]);
  const k = reshape(slice(segments, 1, real - prefix, to), [b, 1, 1, 1, hi - real]);
  const own = choose(like, and(emit('Equal', [q, k], { dtype: 'bool', shape }), seen(real, hi), shape));
  if (real === lo) return own;
  const before = choose(like, seen(lo, real));
  return concat(4, expand(reshape(before, [1, 1, 1, n, real - lo]), [b, 1, 1, n, real - lo]), own);
};
