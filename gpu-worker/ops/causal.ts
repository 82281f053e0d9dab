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
  /** [B, T] int64, the prefix counted: how far a token of a segment is from its first key. Wanted where segments, a prefix
   *  and a window meet: by its place in the row alone, every segment but the first would be too far from the prefix. */
  readonly positions: Value | null;
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

const placesFrom = ({ graph }: Value, first: number, count: number, shape: Shape): Value =>
  graph.constant(
    BigInt64Array.from({ length: count }, (_, i) => BigInt(first + i)),
    shape,
    'int64',
  );

/** 0 where one of the first `keys` is within the window of a position, −1e9 elsewhere: positions [… , 1] → [… , keys]. */
const openPrefix = (like: Value, positions: Value, window: number, keys: number): Value => {
  const shape = [...positions.shape.slice(0, -1), keys];
  const past = emit('Sub', [positions, placesFrom(like, window, 1, [1])], positions);
  return choose(like, emit('Greater', [placesFrom(like, 0, keys, [keys]), past], { dtype: 'bool', shape }));
};

/** 0 where a query may see a key, −1e9 elsewhere: [n, keys], or [B, 1, 1, n, keys] with segments. Compared in the graph, so
 *  that a model file holds no [T, T] constant. */
export const openPlaces = (like: Value, rules: Places, span: Span): Value => {
  const { segments, prefix, window, positions } = rules;
  const { from, to, lo, hi } = span;
  const n = to - from;
  const places = (first: number, count: number, shape: Shape) => placesFrom(like, first, count, shape);
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
  const whole = [b, 1, 1, n, prefix];
  if (!window) return concat(4, expand(scalar(like, 0), whole), own);
  if (!positions) throw new TypeError('a window over a prefix before segments wants positions');
  const reached = reshape(slice(positions, 1, from, to), [b, 1, 1, n, 1]);
  return concat(4, openPrefix(like, reached, window, prefix), own);
};
