import { expect, test } from 'vitest';
import { largestPass, shapesOf } from '../../../../gpu-worker/train/memory/shapes.ts';
import { planSteps } from '../../../../gpu-worker/train/steps.ts';

const stepsOf = (lengths: readonly number[], batch_size: number, packing = true) =>
  planSteps(
    lengths.map((length, i) => ({
      ids: new Int32Array(length).fill(1),
      weights: new Float32Array(length).fill(1, 1),
      line: i + 1,
    })),
    { batch_size, n_epochs: 1, seed: 3, packing, tokens_per_pass: 256 },
  );

test('the longest row is found wherever it comes', () => {
  const lengths = Array.from({ length: 400 }, (_, i) => (i === 333 ? 1500 : 20 + (i % 30)));
  const steps = stepsOf(lengths, 4);
  const { step, pass } = largestPass(steps);
  expect(pass.tokens).toBe(1500);
  expect(steps.rows(step).some(({ index }) => index === 333)).toBe(true);
  expect(shapesOf(steps)).toContainEqual(pass.shape);
});

test('of rows that are short, the pass of the most tokens is the largest', () => {
  const { pass } = largestPass(
    stepsOf(
      Array.from({ length: 50 }, () => 60),
      8,
      false,
    ),
  );
  expect(pass.shape).toMatchObject({ b: 4, t: 64 });
});

test('each shape is told once, and all that occur are', () => {
  const steps = stepsOf(
    Array.from({ length: 60 }, (_, i) => 10 + ((i * 37) % 200)),
    5,
  );
  const told = shapesOf(steps).map(({ b, t, packed }) => `${b}×${t} ${packed}`);
  expect(new Set(told).size).toBe(told.length);
  for (let i = 0; i < steps.count; i++)
    for (const { shape } of steps.at(i)) expect(told).toContain(`${shape.b}×${shape.t} ${shape.packed}`);
});
