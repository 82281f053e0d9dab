/** Which rows each optimizer step learns from, and in what shapes they run. Everything follows from the rows, the
 *  settings and the seed, so a resumed run makes the same batches. */
import type { TokenRow } from '../../shared/text/shards.ts';
import { permutation } from '../../shared/random.ts';
import { type Batch, layRows, type LayOptions, PLAIN, type Placed, placesOf } from './batch.ts';

export type StepSettings = {
  readonly batch_size: number;
  readonly n_epochs: number;
  readonly seed: number;
  readonly packing: boolean;
  /** tokens of one pass at most, padding included: bounds memory */
  readonly tokens_per_pass: number;
  /** rows of the shard that belong together and stay in one pass: 2 where they are pairs */
  readonly unit?: 1 | 2;
  readonly layout?: Layout;
};
/** How rows are laid: what the method and the objective ask of it. */
export type Layout = Pick<LayOptions, 'lay' | 'whole'>;

export type Steps = {
  readonly count: number;
  /** the passes of step i, counted from 0 */
  at(i: number): Batch[];
  /** rows of the shard behind step i, unit by unit */
  rows(i: number): readonly Placed[];
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

/** Rows that stay together. */
type Unit = readonly Placed[];
type Bin = readonly Placed[];

const placesIn = (rows: readonly Placed[], { lay = PLAIN }: Layout): number =>
  rows.reduce((n, placed) => n + placesOf(placed, lay), 0);

/** First fit, longest first. A unit longer than `capacity` has a bin of its own. */
const fill = (units: readonly Unit[], capacity: number, layout: Layout): Bin[] => {
  const sized = units.map((unit) => ({ unit, size: placesIn(unit, layout) }));
  const bins: { left: number; rows: Placed[] }[] = [];
  for (const { unit, size } of sized.toSorted(
    (a, b) => b.size - a.size || a.unit[0]!.index - b.unit[0]!.index,
  )) {
    const bin = bins.find((b) => b.left >= size);
    if (bin) {
      bin.left -= size;
      bin.rows.push(...unit);
    } else bins.push({ left: capacity - size, rows: [...unit] });
  }
  return bins.map((b) => b.rows);
};

const lengthOf = (bin: Bin, capacity: number, layout: Layout): number =>
  Math.max(capacity, bucket(placesIn(bin, layout)));

type Passes = {
  readonly capacity: number;
  readonly packed: boolean;
  readonly most: number;
  readonly layout: Layout;
};

/** Equal lengths share a pass: as many as fit, then halves, so that few shapes occur. */
const passes = (bins: readonly Bin[], { capacity, packed, most, layout }: Passes): Batch[] => {
  const byLength = new Map<number, Bin[]>();
  for (const bin of bins) {
    const t = lengthOf(bin, capacity, layout);
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
        batches.push(layRows(group.slice(at, at + b), t, { ...layout, packed }));
      }
      return batches;
    });
};

/** Units of the shard: rows u·i … u·i + u − 1. */
const unitAt = (rows: readonly TokenRow[], i: number, unit: number): Unit =>
  Array.from({ length: unit }, (_, j) => ({ row: rows[i * unit + j]!, index: i * unit + j }));

const several = (bins: readonly Bin[]): boolean => bins.some((bin) => bin.length > 1);

export const planSteps = (rows: readonly TokenRow[], settings: StepSettings): Steps => {
  const { batch_size, n_epochs, seed, packing, tokens_per_pass: most, unit = 1, layout = {} } = settings;
  const n = rows.length / unit;
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
  const unitsOf = (i: number): Unit[] =>
    Array.from({ length: Math.min(batch_size, uses - i * batch_size) }, (_, j) => {
      const use = i * batch_size + j;
      return unitAt(rows, orderOf(Math.floor(use / n))[use % n]!, unit);
    });

  const sample = Array.from({ length: Math.min(count, 40) }, (_, i) => unitsOf(i));
  const capacity = packing ? cheapest(sample, most, layout) : 0;
  const packed = packing && sample.some((step) => several(fill(step, capacity, layout)));
  return {
    count,
    row_tokens: capacity,
    epoch: (i) => Math.min(uses, i * batch_size) / n,
    rows: (i) => unitsOf(i).flat(),
    at: (i) => {
      const bins = packing ? fill(unitsOf(i), capacity, layout) : unitsOf(i);
      return passes(bins, { capacity, packed: packed || several(bins), most, layout });
    },
  };
};

/** All rows once, in passes as full as may be: for measuring the loss, where order does not matter. */
export const planPasses = (
  rows: readonly TokenRow[],
  tokens_per_pass: number,
  layout: Layout = {},
): Batch[] =>
  placedPasses(
    rows.map((row, index) => ({ row, index })),
    tokens_per_pass,
    layout,
  );

/** The same for rows that have numbers of their own. */
export const placedPasses = (placed: readonly Placed[], most: number, layout: Layout = {}): Batch[] => {
  if (placed.length === 0) return [];
  const units = placed.map((p) => [p]);
  const capacity = cheapest([units], most, layout);
  return passes(fill(units, capacity, layout), { capacity, packed: true, most, layout });
};

/** The capacity of packed rows that makes these steps cheapest. */
const cheapest = (sample: readonly (readonly Unit[])[], most: number, layout: Layout): number => {
  const longest = bucket(Math.max(...sample.flat().map((unit) => placesIn(unit, layout))));
  let best = { capacity: longest, cost: Infinity };
  for (
    let capacity = 64;
    capacity <= Math.max(64, Math.min(most, longest * 4));
    capacity = bucket(capacity + 1)
  ) {
    const cost = sample
      .flatMap((step) => fill(step, capacity, layout))
      .reduce((sum, bin) => sum + costOfRow(lengthOf(bin, capacity, layout)), 0);
    if (cost < best.cost) best = { capacity, cost };
  }
  return best.capacity;
};
