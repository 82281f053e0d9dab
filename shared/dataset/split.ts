/** Which rows are kept for the test. By content and seed alone: neither order nor chunking of the input matters. */
import type { Recipe } from '../contracts/recipe.ts';

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
  /** what is spread evenly over both sides, below `length` */
  stratum(i: number): number;
};

type Group = { readonly id: number; readonly rank: number; readonly stratum: number; readonly size: number };

/** Groups by rank: that of their first row, whose stratum counts for all. */
const rankedGroups = (rows: Splittable): readonly Group[] => {
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
  const groups: Group[] = [];
  for (let id = 0; id < rows.length; id++)
    if (sizes[id]! > 0)
      groups.push({ id, rank: ranks[id]!, stratum: rows.stratum(first[id]!), size: sizes[id]! });
  return groups.toSorted((a, b) => a.rank - b.rank);
};

/** Rows to hold out of each stratum, by largest remainder; the earlier in rank wins a tie. */
const shares = (groups: readonly Group[], count: number, n: number): Map<number, number> => {
  const sizes = new Map<number, number>();
  for (const { stratum, size } of groups) sizes.set(stratum, (sizes.get(stratum) ?? 0) + size);
  const exact = [...sizes].map(([stratum, size]) => ({ stratum, share: (count * size) / n }));
  const whole = new Map(exact.map(({ stratum, share }) => [stratum, Math.floor(share)]));
  let left = count - [...whole.values()].reduce((sum, share) => sum + share, 0);
  for (const { stratum } of exact.toSorted((a, b) => (b.share % 1) - (a.share % 1))) {
    if (left <= 0) break;
    whole.set(stratum, whole.get(stratum)! + 1);
    left -= 1;
  }
  return whole;
};

/** 1 for each row that is held out: `heldOutCount` rows, or a few less where groups do not fit. `auto` rather takes a
 *  group too many than fewer than twenty rows, as long as half of the rows are left. */
export const chooseHeldOut = (rows: Splittable, wish: Recipe['data']['held_out']): Uint8Array => {
  const groups = rankedGroups(rows);
  const count = heldOutCount(rows.length, wish);
  const share = shares(groups, count, rows.length);
  const chosen = new Set<number>();
  let left = count;
  const take = ({ id, stratum, size }: Group): void => {
    chosen.add(id);
    left -= size;
    share.set(stratum, share.get(stratum)! - size);
  };
  for (const group of groups) if (group.size <= share.get(group.stratum)!) take(group);
  for (const group of groups) if (group.size <= left && !chosen.has(group.id)) take(group);
  if (wish === 'auto' && count - left < Math.min(LEAST, count)) {
    const rest = groups.filter(({ id }) => !chosen.has(id));
    const smallest = rest.reduce<Group | null>((a, b) => (a && a.size <= b.size ? a : b), null);
    if (smallest && count - left + smallest.size <= rows.length / 2) take(smallest);
  }
  const held = new Uint8Array(rows.length);
  for (let i = 0; i < rows.length; i++) held[i] = chosen.has(rows.group(i)) ? 1 : 0;
  return held;
};
