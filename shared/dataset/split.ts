/** Which rows are kept for the test. By content and seed alone: neither order nor chunking of the input matters. */
import type { Recipe } from '../contracts/recipe.ts';
import { byRank } from './hash.ts';

const FEW = 30;
const [LEAST, MOST] = [20, 200];

/** How many of `n` usable rows are held out; always fewer than all.
 *  `auto`: a fifth of fewer than 30 rows, else 10 %, from 20 to 200 and never more than a third. */
export const heldOutCount = (n: number, wish: Recipe['data']['held_out']): number => {
  if (wish === 'auto') {
    if (n < FEW) return Math.floor(n / 5);
    return Math.min(Math.floor(n / 3), Math.max(LEAST, Math.min(MOST, Math.round(n / 10))));
  }
  return Math.max(0, Math.min(n - 1, wish < 1 ? Math.round(n * wish) : Math.floor(wish)));
};

/** The usable rows, 0 … length − 1. */
export type Splittable = {
  readonly length: number;
  /** as good as random, decided by content and seed */
  rank(i: number): number;
  /** rows with the same number, below `length`, stay on one side */
  group(i: number): number;
  /** what is spread evenly over both sides */
  stratum(i: number): number;
};

type Groups = {
  /** numbers of the groups by rank: that of their first row, whose stratum counts for all */
  readonly order: Uint32Array;
  size(group: number): number;
  stratum(group: number): number;
};

const rankedGroups = (rows: Splittable): Groups => {
  const sizes = new Uint32Array(rows.length);
  const first = new Int32Array(rows.length).fill(-1);
  const ranks = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const id = rows.group(i);
    const rank = rows.rank(i);
    sizes[id]! += 1;
    if (first[id]! >= 0 && ranks[id]! <= rank) continue;
    first[id] = i;
    ranks[id] = rank;
  }
  const groups: number[] = [];
  const strata = new Uint32Array(rows.length);
  for (let id = 0; id < rows.length; id++) {
    if (sizes[id] === 0) continue;
    groups.push(id);
    strata[id] = rows.stratum(first[id]!);
  }
  return {
    order: byRank(Uint32Array.from(groups), ranks),
    size: (group) => sizes[group]!,
    stratum: (group) => strata[group]!,
  };
};

/** Rows to hold out of each stratum, by largest remainder; the earlier in rank wins a tie. */
const shares = ({ order, size, stratum }: Groups, count: number, n: number): Map<number, number> => {
  const sizes = new Map<number, number>();
  for (const group of order) {
    const of = stratum(group);
    sizes.set(of, (sizes.get(of) ?? 0) + size(group));
  }
  const exact = [...sizes].map(([of, all]) => ({ of, share: (count * all) / n }));
  const whole = new Map(exact.map(({ of, share }) => [of, Math.floor(share)]));
  let left = count - [...whole.values()].reduce((sum, share) => sum + share, 0);
  for (const { of } of exact.toSorted((a, b) => (b.share % 1) - (a.share % 1))) {
    if (left <= 0) break;
    whole.set(of, whole.get(of)! + 1);
    left -= 1;
  }
  return whole;
};

/** 1 for each row that is held out: `heldOutCount` rows, or a few less where groups do not fit. `auto` rather takes a
 *  group too many than fewer than twenty rows, as long as half of the rows are left. */
export const chooseHeldOut = (rows: Splittable, wish: Recipe['data']['held_out']): Uint8Array => {
  const groups = rankedGroups(rows);
  const { order, size, stratum } = groups;
  const count = heldOutCount(rows.length, wish);
  const share = shares(groups, count, rows.length);
  const chosen = new Set<number>();
  let left = count;
  const take = (group: number): void => {
    chosen.add(group);
    left -= size(group);
    share.set(stratum(group), share.get(stratum(group))! - size(group));
  };
  for (const group of order) if (size(group) <= share.get(stratum(group))!) take(group);
  for (const group of order) if (size(group) <= left && !chosen.has(group)) take(group);
  if (wish === 'auto' && count - left < Math.min(LEAST, count)) {
    let smallest: number | null = null;
    for (const group of order)
      if (!chosen.has(group) && (smallest === null || size(group) < size(smallest))) smallest = group;
    if (smallest !== null && count - left + size(smallest) <= rows.length / 2) take(smallest);
  }
  const held = new Uint8Array(rows.length);
  for (let i = 0; i < rows.length; i++) held[i] = chosen.has(rows.group(i)) ? 1 : 0;
  return held;
};
