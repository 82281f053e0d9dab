/** How rows share passes: bins of rows that fit together, in few lengths, where what they begin with is laid once. */
import { type Batch, layRows, type LayOptions, PLAIN, type Placed } from './batch.ts';
import { byStart, laid, sharedStart, treeSize } from './tree.ts';

/** How rows are laid: what the method and the objective ask of it. */
export type Layout = Pick<LayOptions, 'lay' | 'whole'>;

/** Length of the graphs for a row that is alone: quarters between the powers of two, multiples of 32. */
const bucket = (n: number): number => {
  let size = 32;
  while (size < n) size *= 2;
  const step = Math.max(32, size / 8);
  return Math.ceil(n / step) * step;
};

/** Time of a token in a row of t, relative: attention grows with t. Fitted to measured layers of SmolLM2-135M. */
const costOfRow = (t: number): number => t * (0.82 + 0.00036 * t);
/** Of a pass beside its rows, in tokens: weights are laid out anew for each product, and kernels start. */
const PASS = 40;
/** Of a shape, in tokens: its graphs and sessions, once in a job. */
const SHAPE = 40;

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
      const shared = Math.max(...bin.last.flatMap((a) => unit.map((b) => sharedStart(laid(a), laid(b)))));
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

/** Units in bins of `capacity`, in each way. One longer than it has a bin of its own. */
const binnings = (units: readonly Unit[], capacity: number, layout: Layout): Bin[][] => {
  const { virtual } = layout.lay ?? PLAIN;
  const sized = units.map((unit) => ({ unit, size: treeSize(unit, virtual) }));
  return [longestFirst(sized, capacity), alikeTogether(sized, capacity, virtual)].map((bins) =>
    bins.map((bin) => binOf(bin.units.flat(), layout)),
  );
};

/** Bins that share a pass: rows of the graph, t tokens each. */
export type Group = { readonly t: number; readonly bins: readonly Bin[] };

/** Row lengths that graphs are built for, ascending; `most` tokens in a pass. */
export type Sizes = { readonly lengths: readonly number[]; readonly most: number };

/** Bins of one length share a pass, as many as fit; passes of one length are as equal as may be, so that few shapes occur. */
export const grouped = (bins: readonly Bin[], { lengths, most }: Sizes): Group[] => {
  const byLength = new Map<number, Bin[]>();
  for (const bin of bins) {
    const t = lengths.find((length) => length >= bin.size) ?? bucket(bin.size);
    byLength.set(t, [...(byLength.get(t) ?? []), bin]);
  }
  return [...byLength]
    .toSorted(([a], [b]) => b - a)
    .flatMap(([t, all]) => {
      const count = Math.ceil(all.length / Math.max(1, Math.floor(most / t)));
      const cut = (i: number) => Math.ceil((i * all.length) / count);
      return Array.from({ length: count }, (_, i) => ({ t, bins: all.slice(cut(i), cut(i + 1)) }));
    });
};

const costOf = (groups: readonly Group[]): number =>
  groups.reduce((sum, { t, bins }) => sum + bins.length * costOfRow(t) + PASS, 0);

const cheapest = (ways: readonly (readonly Bin[])[], sizes: Sizes): Group[] =>
  ways
    .map((bins) => grouped(bins, sizes))
    .reduce((best, groups) => (costOf(groups) < costOf(best) ? groups : best));

/** Units in the passes that cost least. */
export const fill = (units: readonly Unit[], sizes: Sizes, layout: Layout): Group[] =>
  cheapest(
    sizes.lengths.flatMap((capacity) => binnings(units, capacity, layout)),
    sizes,
  );

export const layGroups = (groups: readonly Group[], packed: boolean, layout: Layout): Batch[] =>
  groups.map(({ t, bins }) =>
    layRows(
      bins.map(({ rows }) => rows),
      t,
      { ...layout, packed, share: true },
    ),
  );

const LENGTHS = 4;

/** Row lengths that make `count` steps like these cheapest, ascending: the best one that holds every unit (of those that a
 *  pass can hold), then what helps most beside it. */
export const lengthsFor = (
  sample: readonly (readonly Unit[])[],
  { most, layout, count }: { readonly most: number; readonly layout: Layout; readonly count: number },
): number[] => {
  const longest = Math.max(...sample.flat().map((unit) => binOf(unit, layout).size));
  const last = Math.max(64, Math.min(most, bucket(longest) * 4));
  const grid: number[] = [];
  for (let t = 64; t <= last; t = t < 512 ? t + 32 : bucket(t + 1)) grid.push(t);
  const enough = Math.min(longest, grid.at(-1)!);
  const ways = sample.map((units) => new Map(grid.map((t) => [t, binnings(units, t, layout)])));
  const cost = (lengths: readonly number[]): number => {
    const steps = ways.map((of) =>
      cheapest(
        lengths.flatMap((t) => of.get(t)!),
        { lengths, most },
      ),
    );
    const shapes = new Set(steps.flat().map(({ t, bins }) => `${bins.length}×${t}`)).size;
    return (count / sample.length) * steps.reduce((sum, groups) => sum + costOf(groups), 0) + SHAPE * shapes;
  };
  let best = { lengths: [] as number[], cost: Infinity };
  while (best.lengths.length < LENGTHS) {
    const { lengths: chosen } = best;
    const next = grid
      .filter((t) => !chosen.includes(t) && (t >= enough || chosen.length > 0))
      .map((t) => [...chosen, t].toSorted((a, b) => a - b))
      .map((lengths) => ({ lengths, cost: cost(lengths) }))
      .reduce((a, b) => (b.cost < a.cost ? b : a), best);
    if (next === best) break;
    best = next;
  }
  return best.lengths;
};
