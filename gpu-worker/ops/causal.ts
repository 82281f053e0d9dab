/** Which places a block of queries may look at. */
import { scalar, type Shape, type Value } from '../onnx/graph.ts';
import { emit, shaped } from './define.ts';
import { concat, expand, reshape, slice } from './movement.ts';

const NEVER = -1e9; // exp underflows to exactly 0, and a row of nothing else stays finite

export type Places = {
  /** [B, T] int64: a place is seen from those before this one only; null where all after it see it */
  readonly until: Value | null;
  /** keys before the first token's */
  readonly prefix: number;
  readonly window: number | null;
  /** [B, T] int64, the prefix counted: how far a token is from the first key that it sees. Wanted where `until` and a window
   *  meet: places in the row do not tell how far two tokens are from each other. */
  readonly positions: Value | null;
};

/** Queries from … to − 1 and the keys lo … hi − 1 that any of them may see; keys count from the first of the prefix. */
export type Span = { readonly from: number; readonly to: number; readonly lo: number; readonly hi: number };

export const spansOf = (t: number, block: number, { prefix, window, until }: Places): Span[] =>
  Array.from({ length: Math.ceil(t / block) }, (_, i) => {
    const [from, to] = [i * block, Math.min(t, (i + 1) * block)];
    const lo = window && prefix === 0 && !until ? Math.max(0, from - window + 1) : 0;
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

const compared = (how: 'LessOrEqual' | 'Greater', a: Value, b: Value, shape: Shape): Value =>
  emit(how, [a, b], { dtype: 'bool', shape });

/** What `until` and the window allow, [B, 1, 1, n, keys]: keys first … last − 1, counted from the first token. */
const onBranch = (like: Value, rules: Places, { from, to }: Span, last: number): Value => {
  const { until, positions, window } = rules;
  const b = until!.shape[0]!;
  const n = to - from;
  const shape = [b, 1, 1, n, last];
  const ends = reshape(slice(until!, 1, 0, last), [b, 1, 1, 1, last]);
  const open = compared('Greater', ends, placesFrom(like, from, n, [n, 1]), shape);
  if (!window) return open;
  if (!positions) throw new TypeError('a window over branches wants positions');
  const past = emit('Sub', [positions, placesFrom(like, window, 1, [1])], positions);
  const q = reshape(slice(past, 1, from, to), [b, 1, 1, n, 1]);
  const k = reshape(slice(positions, 1, 0, last), [b, 1, 1, 1, last]);
  return and(open, compared('Greater', k, q, shape), shape);
};

/** 0 where a query may see a key, −1e9 elsewhere: [n, keys], or [B, 1, 1, n, keys] with `until`. Compared in the graph, so
 *  that a model file holds no [T, T] constant. */
export const openPlaces = (like: Value, rules: Places, span: Span): Value => {
  const { until, prefix, window, positions } = rules;
  const { from, to, lo, hi } = span;
  const n = to - from;
  const places = (first: number, count: number, shape: Shape) => placesFrom(like, first, count, shape);
  /** keys first … last − 1 that are not after the query */
  const before = (first: number, last: number): Value =>
    compared(
      'LessOrEqual',
      places(first, last - first, [1, last - first]),
      places(prefix + from, n, [n, 1]),
      [n, last - first],
    );
  if (!until) {
    const [shape, past] = [[n, hi - lo], before(lo, hi)];
    if (!window) return choose(like, past);
    const [keys, edge] = [places(lo, hi - lo, [1, hi - lo]), places(prefix + from - window, n, [n, 1])];
    return choose(like, and(past, compared('Greater', keys, edge, shape), shape));
  }
  const b = until.shape[0]!;
  const own = choose(
    like,
    and(onBranch(like, rules, span, hi - prefix), before(prefix, hi), [b, 1, 1, n, hi - prefix]),
  );
  if (prefix === 0) return own;
  const whole = [b, 1, 1, n, prefix];
  if (!window) return concat(4, expand(scalar(like, 0), whole), own);
  const reached = reshape(slice(positions!, 1, from, to), [b, 1, 1, n, 1]);
  return concat(4, openPrefix(like, reached, window, prefix), own);
};
