import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hasRunAway, isCalm, UNWATCHED, watchLoss } from '../../../gpu-worker/train/guard.ts';
import { uniformAt } from '../../../shared/random.ts';

const watched = (losses: readonly number[]) => losses.reduce(watchLoss, UNWATCHED);
/** the step at which training would be stopped, null where it never is */
const alarmAt = (losses: readonly number[]): number | null => {
  let watch = UNWATCHED;
  for (const [i, loss] of losses.entries()) {
    watch = watchLoss(watch, loss);
    if (hasRunAway(watch)) return i + 1;
  }
  return null;
};
const series = (n: number, f: (i: number, random: number) => number, seed = 1) => {
  const at = uniformAt(seed, 'losses');
  return Array.from({ length: n }, (_, i) => f(i, at(i)));
};

test('a loss that falls from any height, with any noise of its own size, raises no alarm', () =>
  fc.assert(
    fc.property(
      fc.double({ min: 0.1, max: 12, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.nat(999),
      (from, noise, seed) => {
        const losses = series(
          400,
          (i, r) => from * (0.05 + 0.95 * Math.exp(-i / 60)) * (1 + noise * (2 * r - 1)),
          seed,
        );
        expect(alarmAt(losses)).toBeNull();
      },
    ),
  ));

test('easy and hard rows one by one, and one epoch better than the one before, raise no alarm', () => {
  for (let seed = 0; seed < 40; seed++) {
    expect(alarmAt(series(1000, (_, r) => (r < 0.5 ? 0.1 : 4), seed))).toBeNull();
    expect(alarmAt(series(600, (i, r) => (i < 300 ? 3 : 0.2) * (0.5 + r), seed))).toBeNull();
  }
});

test('a hard batch or three raise no alarm', () => {
  expect(alarmAt(series(200, (i) => (i % 40 < 3 ? 12 : 0.2)))).toBeNull();
});

test.each([
  [0.1, 9],
  [1, 7],
  [2, 10.8],
  [3, 20],
])('a model at loss %d that breaks to %d is found within 30 steps', (good, broken) => {
  const at = alarmAt(series(160, (i, r) => (i < 100 ? good : broken) * (0.9 + 0.2 * r)))!;
  expect(at).toBeGreaterThan(104);
  expect(at).toBeLessThan(131);
});

test('a model that breaks little by little is found before the loss has reached six times its best', () => {
  const losses = series(400, (i) => (i < 100 ? 2 : 2 * 1.02 ** (i - 100)));
  const at = alarmAt(losses)!;
  expect(losses[at - 1]).toBeLessThan(12);
});

test('a state is calm unless its loss sticks out', () => {
  const watch = watched(series(60, (_, r) => 1 + 0.1 * r));
  expect(isCalm(watch, 1.1)).toBe(true);
  expect(isCalm(watch, 9)).toBe(false);
  expect(isCalm(watched([...series(60, () => 1), ...series(12, () => 9)]), 1)).toBe(false);
  expect(isCalm(UNWATCHED, 1e6)).toBe(true);
});
