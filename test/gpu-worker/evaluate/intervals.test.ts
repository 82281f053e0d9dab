import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  mcnemar,
  measured,
  newcombe,
  pairedGain,
  signFlip,
  wilson,
} from '../../../gpu-worker/evaluate/intervals.ts';

type Fixture = {
  wilson: { k: number; n: number; interval: [number, number] }[];
  mcnemar: { before: number; after: number; p: number }[];
  newcombe: { both: number; before: number; after: number; neither: number; interval: [number, number] }[];
  sign_flip: { differences: number[]; p: number; exact: boolean }[];
  bootstrap: { values: number[]; interval: [number, number] }[];
};
/** Written by scipy and statsmodels; `source` in the file names their versions. */
const reference = JSON.parse(
  readFileSync(new URL('../../fixtures/evaluate/statistics.json', import.meta.url), 'utf8'),
) as Fixture;

test.each(reference.wilson)("Wilson's interval of $k in $n is statsmodels'", ({ k, n, interval }) => {
  const { low, high } = wilson(k, n);
  expect(low).toBeCloseTo(interval[0], 12);
  expect(high).toBeCloseTo(interval[1], 12);
});

// Newcombe, Statistics in Medicine 17 (1998) 857, Table I, method 3: 81/263, 15/148, 0/20, 1/29
test.each([
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])("Wilson's interval of %d in %d is the published one", (k, n, low, high) => {
  expect(wilson(k, n).low).toBeCloseTo(low, 4);
  expect(wilson(k, n).high).toBeCloseTo(high, 4);
});

test.each(reference.mcnemar)(
  "McNemar's exact p of $before against $after is statsmodels'",
  ({ before, after, p }) => {
    expect(mcnemar(before, after)).toBeCloseTo(p, 10);
    expect(mcnemar(after, before)).toBeCloseTo(p, 10);
  },
);

test.each(reference.newcombe)(
  "Newcombe's interval of $both/$before/$after/$neither agrees with an independent computation",
  ({ both, before, after, neither, interval }) => {
    const { low, high } = newcombe({ both, before, after, n: both + before + after + neither });
    expect(low).toBeCloseTo(interval[0], 12);
    expect(high).toBeCloseTo(interval[1], 12);
  },
);

/** Probability over all tables of n pairs that the interval holds the true difference. */
const coverage = (n: number, pBoth: number, pBefore: number, pAfter: number): number => {
  const logFactorial = [0];
  for (let i = 1; i <= n; i++) logFactorial.push(logFactorial[i - 1]! + Math.log(i));
  const pNeither = 1 - pBoth - pBefore - pAfter;
  let covered = 0;
  for (let both = 0; both <= n; both++)
    for (let before = 0; both + before <= n; before++)
      for (let after = 0; both + before + after <= n; after++) {
        const neither = n - both - before - after;
        const counts = [both, before, after, neither];
        let logP = logFactorial[n]!;
        for (const [i, p] of [pBoth, pBefore, pAfter, pNeither].entries())
          logP += counts[i]! * Math.log(p) - logFactorial[counts[i]!]!;
        const { low, high } = newcombe({ both, before, after, n });
        if (low <= pAfter - pBefore && pAfter - pBefore <= high) covered += Math.exp(logP);
      }
  return covered;
};

test.each([
  [0.3, 0.1, 0.3],
  [0.02, 0.02, 0.9],
  [0.4, 0.05, 0.05],
])("Newcombe's interval holds the truth about 95 times in 100 (%d, %d, %d)", (both, before, after) => {
  const share = coverage(40, both, before, after);
  expect(share).toBeGreaterThan(0.93);
  expect(share).toBeLessThan(0.995);
});

test.each(reference.sign_flip)(
  "the sign-flip p of $differences.length rows is scipy's",
  ({ differences, p, exact }) => {
    const tolerance = exact ? 1e-12 : 4 * Math.sqrt((p * (1 - p)) / 10_000); // four standard errors of the draw
    expect(Math.abs(signFlip(differences) - p)).toBeLessThan(tolerance);
  },
);

test.each(reference.bootstrap)(
  "the bootstrap interval of $values.length rows is scipy's within its noise",
  (row) => {
    const { low, high, n } = measured(row.values);
    const noise = 0.06 * (row.interval[1] - row.interval[0]); // an end of 2,000 resamples wanders by some 2 % of the width
    expect(Math.abs(low - row.interval[0])).toBeLessThan(noise);
    expect(Math.abs(high - row.interval[1])).toBeLessThan(noise);
    expect(n).toBe(row.values.length);
  },
);

test('the same rows give the same figures', () => {
  const base = Array.from({ length: 50 }, (_, i) => Math.sin(i) + 2);
  const tuned = base.map((v, i) => v - 0.2 + Math.cos(i * 3));
  expect(pairedGain('loss', base, tuned)).toEqual(pairedGain('loss', base, tuned));
});

test('rows in pairs tell a steady small gain from noise that unpaired intervals drown it in', () => {
  const base = Array.from({ length: 40 }, (_, i) => i / 4);
  const tuned = base.map((v, i) => v - 0.1 - (i % 3) * 0.01);
  const gain = pairedGain('loss', base, tuned);
  expect(gain.delta).toBeCloseTo(-0.1098, 3);
  expect(gain.high).toBeLessThan(0);
  expect(gain.p).toBeLessThan(0.001);
  expect(measured(tuned).high).toBeGreaterThan(measured(base).low);
});

test('where every row changed alike the interval still has a width', () => {
  const gain = pairedGain('schema_valid', Array(40).fill(0), Array(40).fill(1));
  expect(gain.delta).toBe(1);
  expect(gain.low).toBeLessThan(0.9);
  expect(gain.high).toBe(1);
});

test('one row of a loss is its own interval and proves nothing', () => {
  expect(measured([1.5])).toEqual({ value: 1.5, low: 1.5, high: 1.5, n: 1 });
  expect(pairedGain('loss', [1.5], [0.5]).p).toBe(1);
});

test('a p drawn by lot is never zero: what was observed is one of the possible draws', () => {
  expect(signFlip(Array.from({ length: 40 }, () => 1))).toBe(1 / 10_001);
});

test('rows that are no pairs are refused', () => {
  expect(() => pairedGain('loss', [1], [1, 2])).toThrow(TypeError);
  expect(() => measured([])).toThrow(TypeError);
});
