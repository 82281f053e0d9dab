/** Near-duplicates: rows that agree in a band of their sketches, then in the estimate, then in their shingles. What is
 *  compared does not depend on the order of rows. */
import type { Rows } from '../checks/check.ts';
import { comparedTexts, unitsOf } from './normal.ts';
import { numberSet, slotFor } from './number-set.ts';
import { BINS, likeness, shinglesOf } from './shingles.ts';
import { sieve } from './sieve.ts';
import { binsPerBand, estimate } from './sketch.ts';
import type { TraceStore } from './traces.ts';
import type { Union } from './union.ts';

const MARGIN = 0.25; // an estimate may be so much too low: short rows fill few bins
const LEADERS = 8; // rows of a bucket that others are compared with
const PATIENCE = 32; // comparisons in vain after which a bucket is held to share a template
const SAMPLE = 256;
const REMEMBERED = 4096;

/** Shingles that more than half of a sample has say nothing of a row: the words of a template. */
const templateOf = (sample: readonly Int32Array[]) => {
  const counts = new Map<number, number>();
  if (sample.length >= SAMPLE / 8)
    for (const shingles of sample) for (const s of shingles) counts.set(s, (counts.get(s) ?? 0) + 1);
  const shared = [...counts].filter(([, n]) => n * 2 > sample.length);
  const template = numberSet();
  template.restart(shared.length);
  for (const [s] of shared) template.add(s);
  return { has: template.has, isEmpty: shared.length === 0 };
};

/** The shingles that tell a row from others; the array is the given one. */
const telling = (shingles: Int32Array, { has, isEmpty }: ReturnType<typeof templateOf>): Int32Array => {
  if (isEmpty) return shingles;
  let kept = 0;
  for (const s of shingles) if (!has(s)) shingles[kept++] = s;
  return shingles.subarray(0, kept);
};

/** Whether two rows are alike, template apart. */
const comparer = (rows: Rows, order: Uint32Array, traces: TraceStore, threshold: number) => {
  const read = (row: number): Int32Array => shinglesOf(unitsOf(comparedTexts(rows.read(row)!)));
  const template = templateOf(Array.from(order.subarray(0, SAMPLE), read));
  const known = new Map<number, Int32Array>();
  const own = (row: number): Int32Array => {
    let found = known.get(row);
    if (!found) {
      found = telling(read(row), template);
      if (known.size >= REMEMBERED) known.clear();
      known.set(row, found);
    }
    return found;
  };
  return (a: number, b: number): boolean =>
    estimate(traces.sketch(a), traces.sketch(b)) >= threshold - MARGIN &&
    likeness(own(a), own(b)) >= threshold;
};

/** Rows by the hash of a band, with the few of each bucket that stand for it. Rows go by their number in `hashes`. */
const buckets = (hashes: Int32Array) => {
  const size = 2 ** Math.ceil(Math.log2(1.5 * hashes.length + 1));
  const keys = new Int32Array(size);
  const leaders = new Int32Array(size).fill(-1); // the latest; `next` leads to those before
  const counts = new Uint8Array(size);
  const vain = new Uint16Array(size);
  const next = new Int32Array(hashes.length);
  return {
    slotOf(one: number): number {
      const key = hashes[one]!;
      let slot = slotFor(key, size - 1);
      while (leaders[slot] !== -1 && keys[slot] !== key) slot = (slot + 1) & (size - 1);
      keys[slot] = key;
      return slot;
    },
    leadersOf: (slot: number): number => leaders[slot]!,
    next: (one: number): number => next[one]!,
    lead(slot: number, one: number): void {
      if (counts[slot]! >= LEADERS) return;
      next[one] = leaders[slot]!;
      leaders[slot] = one;
      counts[slot]! += 1;
    },
    isTemplate: (slot: number): boolean => vain[slot]! >= PATIENCE,
    /** Each success makes up for four failures. */
    learn(slot: number, alike: boolean): void {
      vain[slot] = alike ? Math.max(0, vain[slot]! - 4) : vain[slot]! + 1;
    },
  };
};

/** Joins the families of the rows that are alike and have the same hash, `hashes[i]` of `rows[i]`. */
const joinAlike = (
  rows: Uint32Array,
  hashes: Int32Array,
  families: Union,
  alike: ReturnType<typeof comparer>,
): void => {
  const found = buckets(hashes);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const slot = found.slotOf(i);
    let related = false;
    for (let j = found.leadersOf(slot); j !== -1 && !found.isTemplate(slot); j = found.next(j)) {
      const other = rows[j]!;
      const known = families.of(row) === families.of(other);
      const near = known || alike(row, other);
      if (!known) found.learn(slot, near);
      if (near) families.join(row, other);
      related ||= near;
    }
    if (!related) found.lead(slot, i);
  }
};

/** Joins the families of `order`'s rows that are alike. */
export const joinNear = (
  rows: Rows,
  order: Uint32Array,
  families: Union,
  traces: TraceStore,
  threshold: number,
): void => {
  if (order.length < 2) return;
  const alike = comparer(rows, order, traces, threshold);
  const all = new Int32Array(rows.length);
  const hashes = new Int32Array(order.length);
  const sift = sieve(order.length);
  for (let band = 0; band < BINS / binsPerBand(threshold); band++) {
    traces.band(band, all);
    for (let i = 0; i < order.length; i++) hashes[i] = all[order[i]!]!;
    const sharing = sift(hashes); // most have it alone: nothing is to be compared
    joinAlike(
      sharing.map((i) => order[i]!),
      Int32Array.from(sharing, (i) => hashes[i]!),
      families,
      alike,
    );
  }
};
