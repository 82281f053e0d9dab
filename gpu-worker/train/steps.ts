/** Which rows each optimizer step learns from, and in what shapes they run. Everything follows from the rows, the
 *  settings and the seed, so a resumed run makes the same batches. */
import type { TokenRow } from '../../shared/text/shards.ts';
import { permutation } from '../../shared/random.ts';
import { type Batch, layRows, type Placed } from './batch.ts';

export type StepSettings = {
  readonly batch_size: number;
  readonly n_epochs: number;
  readonly seed: number;
  readonly packing: boolean;
  /** tokens of one pass at most, padding included: bounds memory */
  readonly tokens_per_pass: number;
};

export type Steps = {
  readonly count: number;
  /** the passes of step i, counted from 0 */
  at(i: number): Batch[];
  /** passes over the data when step i has been made */
  epoch(i: number): number;
  /** capacity of a packed row, or 0 where rows run alone */
  readonly row_tokens: number;
};

/** Row lengths that graphs are built for: powers of two and the halves between. */
const bucket = (n: number): number => {
  let size = 32;
  while (size < n) size *= 2;
  return size > 32 && (size * 3) / 4 >= n ? (size * 3) / 4 : size;
};

/** Time of a token in a row of t, relative: attention grows with t. Fitted to measured layers of SmolLM2-135M. */
const costOfRow = (t: number): number => t * (0.82 + 0.00036 * t);

/** First fit, longest first. A row longer than `capacity` has a bin of its own. */
const fill = (rows: readonly Placed[], capacity: number): Placed[][] => {
  const bins: { left: number; rows: Placed[] }[] = [];
  for (const placed of rows.toSorted((a, b) => b.row.ids.length - a.row.ids.length || a.index - b.index)) {
    const n = placed.row.ids.length;
    const bin = bins.find((b) => b.left >= n);
    if (bin) {
      bin.left -= n;
      bin.rows.push(placed);
    } else bins.push({ left: capacity - n, rows: [placed] });
  }
  return bins.map((b) => b.rows);
};

const tokensIn = (bin: readonly Placed[]): number => bin.reduce((n, { row }) => n + row.ids.length, 0);
const lengthOf = (bin: readonly Placed[], capacity: number): number =>
  Math.max(capacity, bucket(tokensIn(bin)));

/** Equal lengths share a pass: as many as fit, then halves, so that few shapes occur. */
const passes = (bins: readonly Placed[][], capacity: number, packed: boolean, most: number): Batch[] => {
  const byLength = new Map<number, Placed[][]>();
  for (const bin of bins) {
    const t = lengthOf(bin, capacity);
    byLength.set(t, [...(byLength.get(t) ?? []), bin]);
  }
  return [...byLength]
    .toSorted(([a], [b]) => b - a)
    .flatMap(([t, group]) => {
      const batches: Batch[] = [];
      let b = 1;
      while (b * 2 * t <= most) b *= 2;
      for (let at = 0; at < group.length; at += b) {
        while (b > group.length - at) b /= 2;
        batches.push(layRows(group.slice(at, at + b), t, packed));
      }
      return batches;
    });
};

export const planSteps = (rows: readonly TokenRow[], settings: StepSettings): Steps => {
  const { batch_size, n_epochs, seed, packing, tokens_per_pass } = settings;
  const n = rows.length;
  const uses = Math.max(1, Math.round(n * n_epochs));
  const count = Math.ceil(uses / batch_size);
  const orders = new Map<number, number[]>();
  const orderOf = (epoch: number): number[] => {
    let order = orders.get(epoch);
    if (!order) {
      orders.clear(); // steps go forward: one epoch's order, or two at a border
      orders.set(epoch, (order = permutation(n, seed, `epoch ${epoch}`)));
    }
    return order;
  };
  const rowsOf = (i: number): Placed[] =>
    Array.from({ length: Math.min(batch_size, uses - i * batch_size) }, (_, j) => {
      const use = i * batch_size + j;
      const index = orderOf(Math.floor(use / n))[use % n]!;
      return { row: rows[index]!, index };
    });

  const sample = Array.from({ length: Math.min(count, 40) }, (_, i) => rowsOf(i));
  const capacity = packing ? cheapest(sample, tokens_per_pass) : 0;
  const packed = packing && sample.some((step) => fill(step, capacity).some((bin) => bin.length > 1));
  return {
    count,
    row_tokens: capacity,
    epoch: (i) => Math.min(uses, i * batch_size) / n,
    at: (i) => {
      const placed = rowsOf(i);
      const bins = packing ? fill(placed, capacity) : placed.map((p) => [p]);
      return passes(bins, capacity, packed || bins.some((bin) => bin.length > 1), tokens_per_pass);
    },
  };
};

/** All rows once, in passes as full as may be: for measuring the loss, where order does not matter. */
export const planPasses = (rows: readonly TokenRow[], tokens_per_pass: number): Batch[] => {
  if (rows.length === 0) return [];
  const placed = rows.map((row, index) => ({ row, index }));
  const capacity = cheapest([placed], tokens_per_pass);
  return passes(fill(placed, capacity), capacity, true, tokens_per_pass);
};

/** The capacity of packed rows that makes these steps cheapest. */
const cheapest = (sample: readonly Placed[][], most: number): number => {
  const longest = bucket(Math.max(...sample.flat().map(({ row }) => row.ids.length)));
  let best = { capacity: longest, cost: Infinity };
  for (
    let capacity = 64;
    capacity <= Math.max(64, Math.min(most, longest * 4));
    capacity = bucket(capacity + 1)
  ) {
    const cost = sample
      .flatMap((step) => fill(step, capacity))
      .reduce((sum, bin) => sum + costOfRow(lengthOf(bin, capacity)), 0);
    if (cost < best.cost) best = { capacity, cost };
  }
  return best.capacity;
};
