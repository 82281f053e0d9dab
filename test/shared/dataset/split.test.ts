import * as fc from 'fast-check';
import { expect, test } from 'vitest';
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

test('the choice does not depend on the order of rows, and depends on the seed', () => {
  const hashes = Array.from({ length: 100 }, (_, i) => `hash ${i}`);
  const chosen = chooseHeldOut(hashes, 'auto', 7);
  expect(chosen.size).toBe(20);
  expect(chooseHeldOut(hashes.toReversed(), 'auto', 7)).toEqual(chosen);
  expect(chooseHeldOut(hashes, 'auto', 8)).not.toEqual(chosen);
});

test('equal rows stay on one side and the count is never exceeded', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 8 }).map(String)),
      fc.nat(60),
      fc.nat(),
      (hashes, wish, seed) => {
        const chosen = chooseHeldOut(hashes, wish, seed);
        const held = hashes.filter((hash) => chosen.has(hash)).length;
        expect(held).toBeLessThanOrEqual(heldOutCount(hashes.length, wish));
      },
    ),
  );
});

test('bytes in any pieces give the same rows, fates and report', async () => {
  const body = jsonlOf([...pairs(40), { foo: 1 }, ...pairs(3)]);
  const whole = await drop({ file: 'a.jsonl', body }, { seed: 3 });
  expect(await drop({ file: 'a.jsonl', body }, { seed: 3, chunk: 7 })).toEqual(whole);
  const other = await drop({ file: 'a.jsonl', body }, { seed: 4 });
  expect(other.rows.map(({ fate }) => fate)).not.toEqual(whole.rows.map(({ fate }) => fate));
  expect(other.report.rows).toEqual(whole.report.rows);
});
