/** Which rows each optimizer step learns from, and in what shapes they run. Everything follows from the rows, the
 *  settings and the seed, so a resumed run makes the same batches. */
import type { TokenRow } from '../../shared/text/shards.ts';
import { permutation } from '../../shared/random.ts';
import type { Batch, Placed } from './batch.ts';
import {
  binOf,
  fill,
  type Group,
  grouped,
  layGroups,
  type Layout,
  lengthsFor,
  type Unit,
} from './packing.ts';

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

export type Steps = {
  readonly count: number;
  /** the passes of step i, counted from 0 */
  at(i: number): Batch[];
  /** rows of the shard behind step i, unit by unit */
  rows(i: number): readonly Placed[];
  /** passes over the data when step i has been made */
  epoch(i: number): number;
  /** of packed rows, ascending; none where rows run alone */
  readonly lengths: readonly number[];
};

/** Units of the shard: rows u·i … u·i + u − 1. */
const unitAt = (rows: readonly TokenRow[], i: number, unit: number): Unit =>
  Array.from({ length: unit }, (_, j) => ({ row: rows[i * unit + j]!, index: i * unit + j }));

const sharesRows = (groups: readonly Group[]): boolean =>
  groups.some(({ bins }) => bins.some(({ rows }) => rows.length > 1));

const SAMPLE = 1024; // rows that lengths are chosen by

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

  const sampled = Math.min(count, 40, Math.ceil(SAMPLE / batch_size));
  const sample = Array.from({ length: sampled }, (_, i) => unitsOf(i));
  const lengths = packing ? lengthsFor(sample, { most, layout, count }) : [];
  const groupsOf = (units: readonly Unit[]): Group[] =>
    packing
      ? fill(units, { lengths, most }, layout)
      : grouped(
          units.map((one) => binOf(one, layout)),
          { lengths, most },
        );
  const packed = packing && sample.some((units) => sharesRows(groupsOf(units)));
  return {
    count,
    lengths,
    epoch: (i) => Math.min(uses, i * batch_size) / n,
    rows: (i) => unitsOf(i).flat(),
    at: (i) => {
      const groups = groupsOf(unitsOf(i));
      return layGroups(groups, packed || sharesRows(groups), layout);
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

/** By some of them, as far from each other as may be: rows of one kind often come together. */
const lengthsForAll = (units: readonly Unit[], most: number, layout: Layout): number[] => {
  const every = Math.ceil(units.length / (SAMPLE / 4));
  const sample = units.filter((_, i) => i % every === 0);
  return lengthsFor([sample], { most, layout, count: every });
};

/** The same for rows that have numbers of their own. */
export const placedPasses = (
  placed: readonly Placed[],
  most: number,
  layout: Layout = {},
  known?: readonly number[],
): Batch[] => {
  if (placed.length === 0) return [];
  const units = placed.map((p) => [p]);
  const lengths = known ?? lengthsForAll(units, most, layout);
  return layGroups(fill(units, { lengths, most }, layout), true, layout);
};
