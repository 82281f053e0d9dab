import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { hash64, rankOf } from '../../../shared/dataset/hash.ts';
import { chooseHeldOut, heldOutCount } from '../../../shared/dataset/split.ts';
import { drop, jsonlOf, pairs } from './drop.ts';

test.each([
  [0, 0],
  [1, 0],
  [10, 2],
  [29, 5],
  [30, 10],
  [60, 20],
  [199, 20],
  [300, 30],
  [2000, 200],
  [9999, 200],
])('of %i rows, %i are held out by itself', (n, held) => {
  expect(heldOutCount(n, 'auto')).toBe(held);
});

test.each([
  [100, 0, 0],
  [100, 0.25, 25],
  [100, 1, 1],
  [100, 40, 40],
  [100, 5000, 99],
  [3, 0.99, 2],
  [0, 5, 0],
])('of %i rows, a wish of %d holds out %i', (n, wish, held) => {
  expect(heldOutCount(n, wish)).toBe(held);
});

type Given = { readonly name: string; readonly group?: number; readonly stratum?: number };

/** The names that are held out; a name decides the rank. */
const heldOf = (rows: readonly Given[], wish: 'auto' | number, seed: number): readonly string[] => {
  const held = chooseHeldOut(
    {
      length: rows.length,
      rank: (i) => {
        const h = hash64();
        h.text(rows[i]!.name);
        return rankOf(h.digest(), seed);
      },
      group: (i) => rows[i]!.group ?? i,
      stratum: (i) => rows[i]!.stratum ?? 0,
    },
    wish,
  );
  return rows.flatMap(({ name }, i) => (held[i] === 1 ? [name] : []));
};
const named = (n: number): Given[] => Array.from({ length: n }, (_, i) => ({ name: `row ${i}` }));

test('the choice does not depend on the order of rows, and depends on the seed', () => {
  const chosen = heldOf(named(100), 'auto', 7).toSorted();
  expect(chosen.length).toBe(20);
  expect(heldOf(named(100).toReversed(), 'auto', 7).toSorted()).toEqual(chosen);
  expect(heldOf(named(100), 'auto', 8).toSorted()).not.toEqual(chosen);
});

const groups = fc.array(fc.nat(8), { minLength: 1, maxLength: 120 });

test('groups stay on one side, the count is kept, and a label more or less has its share', () => {
  fc.assert(
    fc.property(groups, fc.nat(60), fc.nat(), (given, wish, seed) => {
      const rows = given.map((group, i) => ({ name: `${i}`, group: given.indexOf(group) }));
      const held = new Set(heldOf(rows, wish, seed));
      expect(held.size).toBeLessThanOrEqual(heldOutCount(rows.length, wish));
      for (const { name, group } of rows) expect(held.has(name)).toBe(held.has(rows[group]!.name));

      const labelled = given.map((stratum, i) => ({ name: `${i}`, stratum }));
      const chosen = new Set(heldOf(labelled, wish, seed));
      const count = heldOutCount(rows.length, wish);
      expect(chosen.size).toBe(count);
      for (const label of new Set(given)) {
        const all = labelled.filter(({ stratum }) => stratum === label);
        const share = (count * all.length) / rows.length;
        const got = all.filter(({ name }) => chosen.has(name)).length;
        expect(Math.abs(got - share)).toBeLessThan(1);
      }
    }),
  );
});

test('groups that are too large for the share are held out where the test would have fewer than twenty rows', () => {
  const rows = named(90).map((row, i) => ({ ...row, group: i - (i % 15) }));
  expect(heldOf(rows, 'auto', 1).length).toBe(30);
  expect(heldOf(rows, 20, 1).length).toBe(15);
  const two = named(90).map((row, i) => ({ ...row, group: i < 50 ? 0 : 50 }));
  expect(heldOf(two, 'auto', 1).length).toBe(40);
  expect(
    heldOf(
      named(90).map((row) => ({ ...row, group: 0 })),
      'auto',
      1,
    ),
  ).toEqual([]);
});

test('bytes in any pieces give the same rows, fates and report', async () => {
  const body = jsonlOf([...pairs(40), { foo: 1 }, ...pairs(3)]);
  const whole = await drop({ file: 'a.jsonl', body }, { seed: 3 });
  expect(await drop({ file: 'a.jsonl', body }, { seed: 3, chunk: 7 })).toEqual(whole);
  const other = await drop({ file: 'a.jsonl', body }, { seed: 4 });
  expect(other.rows.map(({ fate }) => fate)).not.toEqual(whole.rows.map(({ fate }) => fate));
  expect(other.report.rows).toEqual(whole.report.rows);
});
