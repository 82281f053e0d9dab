/** How rows share passes: bins of rows that fit together, in few lengths, where what they begin with is laid once. */
import { type Batch, layRows, type LayOptions, PLAIN, type Placed } from './batch.ts';
import { byStart, sharedStart, treeSize } from './tree.ts';

/** How rows are laid: what the method and the objective ask of it. */
export type Layout = Pick<LayOptions, 'lay' | 'whole'>;

/** Row lengths that graphs are built for: quarters between the powers of two, multiples of 32. */
const bucket = (n: number): number => {
  let size = 32;
  while (size < n) size *= 2;
  const step = Math.max(32, size / 8);
  return Math.ceil(n / step) * step;
};

/** Time of a token in a row of t, relative: attention grows with t. Fitted to measured layers of SmolLM2-135M. */
const costOfRow = (t: number): number => t * (0.82 + 0.00036 * t);

/** Rows that stay together. */
export type Unit = readonly Placed[];
export type Bin = { readonly rows: readonly Placed[]; readonly size: number };

type Sized = { readonly unit: Unit; readonly size: number };
type Open = { readonly units: Unit[]; last: Unit; size: number };

export const binOf = (rows: readonly Placed[], { lay = PLAIN }: Layout): Bin => ({
  rows,
  size: treeSize(rows, lay.virtual),
});

/** First fit, longest first. */
const longestFirst = (sized: readonly Sized[], capacity: number): Open[] => {
  const bins: Open[] = [];
  for (const { unit, size } of sized.toSorted(
    (a, b) => b.size - a.size || a.unit[0]!.index - b.unit[0]!.index,
  )) {
    const bin = bins.find((b) => b.size + size <= capacity);
    if (bin) {
      bin.size += size;
      bin.units.push(unit);
    } else bins.push({ units: [unit], last: unit, size });
  }
  return bins;
};

const NEAR = 16; // open bins that a unit is compared with

/** Where most is shared. In this order the last unit of a bin is the likest to the next one. */
const alikeTogether = (sized: readonly Sized[], capacity: number, virtual: number): Open[] => {
  const sizes = new Map(sized.map(({ unit, size }) => [unit[0]!, { unit, size }]));
  const bins: Open[] = [];
  for (const row of byStart([...sizes.keys()])) {
    const { unit, size } = sizes.get(row)!;
    let best: { bin: Open; more: number } | null = null;
    for (const bin of bins.slice(-NEAR)) {
      const shared = Math.max(...bin.last.flatMap((a) => unit.map((b) => sharedStart(a.row.ids, b.row.ids))));
      const more = size - virtual - shared;
      if (bin.size + more <= capacity && more < (best?.more ?? Infinity)) best = { bin, more };
    }
    if (best) {
      best.bin.units.push(unit);
      best.bin.last = unit;
      best.bin.size += best.more;
    } else bins.push({ units: [unit], last: unit, size });
  }
  return bins;
};

/** Units in as few places as may be. One longer than `capacity` has a bin of its own. */
export const fill = (units: readonly Unit[], capacity: number, layout: Layout): Bin[] => {
  const { virtual } = layout.lay ?? PLAIN;
  const sized = units.map((unit) => ({ unit, size: treeSize(unit, virtual) }));
  const ways = [longestFirst(sized, capacity), alikeTogether(sized, capacity, virtual)].map((bins) =>
    bins.map((bin) => binOf(bin.units.flat(), layout)),
  ) as [Bin[], Bin[]];
  const [a, b] = ways.map((bins) => costOf(bins, capacity)) as [number, number];
  return b < a ? ways[1] : ways[0];
};

/** Few lengths, so that few graphs are made: quarters of the capacity, or the row's own where it is longer. */
const lengthOf = ({ size }: Bin, capacity: number): number => {
  if (size > capacity) return bucket(size);
  const quarter = Math.ceil(capacity / 128) * 32;
  return Math.min(capacity, Math.ceil(size / quarter) * quarter);
};

const costOf = (bins: readonly Bin[], capacity: number): number =>
  bins.reduce((sum, bin) => sum + costOfRow(lengthOf(bin, capacity)), 0);

type Passes = {
  readonly capacity: number;
  readonly packed: boolean;
  readonly most: number;
  readonly layout: Layout;
};

/** Equal lengths share a pass: as many as fit, then halves, so that few shapes occur. */
export const passes = (bins: readonly Bin[], { capacity, packed, most, layout }: Passes): Batch[] => {
  const byLength = new Map<number, Bin[]>();
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
        const those = group.slice(at, at + b).map(({ rows }) => rows);
        batches.push(layRows(those, t, { ...layout, packed, share: true }));
      }
      return batches;
    });
};

/** The capacity of packed rows that makes these steps cheapest. */
export const cheapest = (sample: readonly (readonly Unit[])[], most: number, layout: Layout): number => {
  const longest = bucket(Math.max(...sample.flat().map((unit) => binOf(unit, layout).size)));
  let best = { capacity: longest, cost: Infinity };
  for (
    let capacity = 64;
    capacity <= Math.max(64, Math.min(most, longest * 4));
    capacity = bucket(capacity + 1)
  ) {
    const cost = sample.reduce((sum, step) => sum + costOf(fill(step, capacity, layout), capacity), 0);
    if (cost < best.cost) best = { capacity, cost };
  }
  return best.capacity;
};
