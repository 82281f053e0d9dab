import fc from 'fast-check';
import { expect, test } from 'vitest';
import { layRows, type Placed } from '../../../gpu-worker/train/batch.ts';
import { treeSize } from '../../../gpu-worker/train/tree.ts';

/** Rows of few different tokens: many begin alike. */
const rowLists = fc.array(fc.array(fc.integer({ min: 1, max: 2 }), { minLength: 2, maxLength: 9 }), {
  minLength: 1,
  maxLength: 8,
});
const placedOf = (lists: readonly number[][]): Placed[] =>
  lists.map((ids, index) => ({
    index,
    row: { ids: Int32Array.from(ids), weights: new Float32Array(ids.length).fill(1), line: index + 1 },
  }));

test('a token sees just the beginning of its row, in order, and predicts what comes next', () =>
  fc.assert(
    fc.property(rowLists, fc.nat(2), fc.boolean(), (lists, virtual, share) => {
      const rows = placedOf(lists);
      const t = 100;
      const { ids, until, positions, targets } = layRows([rows], t, {
        packed: true,
        share,
        lay: { virtual, offset: 0 },
      });
      const targetsOf = new Map(rows.map(({ index }) => [index, [] as number[]]));
      for (const [i, at] of targets.at.entries()) {
        const row = lists[targets.row[i]!]!;
        const seen = [...ids.keys()].filter((j) => j <= at && at < Number(until![j]));
        const depth = Number(positions[at]) + 1;
        const learned = Array.from({ length: virtual }, (_, j) => -1 - j);
        expect(seen.map((j) => ids[j])).toEqual([...learned, ...row].slice(0, depth));
        expect(seen.map((j) => Number(positions[j]))).toEqual(seen.map((_, j) => j));
        expect(targets.label[i]).toBe(row[depth - virtual]);
        targetsOf.get(targets.row[i]!)!.push(depth);
      }
      for (const [i, depths] of targetsOf)
        expect(depths).toEqual(lists[i]!.slice(1).map((_, j) => virtual + j + 1));
    }),
    { numRuns: 200 },
  ));

test('what rows share is laid once: as many places as they have different beginnings that something follows', () =>
  fc.assert(
    fc.property(rowLists, fc.nat(2), (lists, virtual) => {
      const rows = placedOf(lists);
      const beginnings = new Set(
        lists.flatMap((ids) => ids.slice(1).map((_, j) => ids.slice(0, j + 1).join(' '))),
      );
      expect(treeSize(rows, virtual)).toBe(virtual + beginnings.size);
      const { ids } = layRows([rows], 100, { packed: true, share: true, lay: { virtual, offset: 0 } });
      expect(ids.filter((id) => id !== 0)).toHaveLength(virtual + beginnings.size);
    }),
    { numRuns: 100 },
  ));
