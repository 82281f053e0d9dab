/** How rows are laid into batches, and what is kept for the backward pass, must not change what is learned. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seamsOf } from '../../../gpu-worker/adapters/index.ts';
import type { Keep } from '../../../gpu-worker/autodiff/partition.ts';
import { modelFor } from '../../../gpu-worker/models/index.ts';
import { initialise } from '../../../gpu-worker/runtime/initialise.ts';
import { openSessions } from '../../../gpu-worker/runtime/session.ts';
import { openWeights, type Weights } from '../../../gpu-worker/runtime/weights.ts';
import type { Model } from '../../../gpu-worker/models/model.ts';
import { type Batch, layRows, type Placed } from '../../../gpu-worker/train/batch.ts';
import { openTrainer } from '../../../gpu-worker/train/trainer.ts';
import { openBase } from '../../../gpu-worker/weights/base.ts';
import { methodOf } from '../../helpers/method.ts';
import { uniformAt } from '../../../shared/random.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures/reference');
const sessions = openSessions({ threads: 1 });
let [model, weights]: [Model, Weights] = [null!, null!];
beforeAll(async () => {
  const base = await openBase(join(FIXTURES, 'stories260K'));
  [model, weights] = [modelFor(base.config), openWeights(base)];
});
afterAll(() => sessions.release());

const at = uniformAt(3, 'rows');
const rows: Placed[] = [9, 17, 5, 30, 12, 21, 7, 14].map((length, index) => ({
  index,
  row: {
    ids: Int32Array.from({ length }, (_, i) => Math.floor(at(index * 100 + i) * 512)),
    weights: Float32Array.from({ length }, (_, i) => (i < 3 ? 0 : i % 4 === 0 ? 0.5 : 1)),
    line: index + 1,
  },
}));

const learn = async (step: readonly Batch[], keep: (layer: number) => Keep = () => 'scores') => {
  const method = methodOf({ type: 'lora', r: 4, lora_alpha: 8 });
  const trainer = openTrainer({ model, weights, sessions, seams: seamsOf(method, model), keep });
  initialise(trainer.parameters, 5, weights);
  for (const { name } of trainer.parameters.entries) {
    const value = trainer.parameters.view(trainer.parameters.values, name);
    const random = uniformAt(11, name);
    if (name.includes('lora_B')) for (let i = 0; i < value.length; i++) value[i] = random(i) * 0.2 - 0.1;
  }
  const { loss } = await trainer.learn(step);
  return { loss, gradients: trainer.gradients };
};

const alone = (t: number, size: number): Batch[] =>
  Array.from({ length: rows.length / size }, (_, i) =>
    layRows(
      rows.slice(i * size, (i + 1) * size).map((r) => [r]),
      t,
    ),
  );

const expectSame = (a: Awaited<ReturnType<typeof learn>>, b: typeof a, tolerance: number) => {
  expect(Math.abs(a.loss - b.loss)).toBeLessThan(tolerance);
  const most = Math.max(...a.gradients.map(Math.abs));
  expect(most).toBeGreaterThan(1e-3);
  for (let i = 0; i < a.gradients.length; i++)
    expect(Math.abs(a.gradients[i]! - b.gradients[i]!) / most).toBeLessThan(tolerance);
};

test('passes of 1 × 8, 2 × 4 and 4 × 2 rows make the same step', async () => {
  const whole = await learn(alone(32, 8));
  expectSame(whole, await learn(alone(32, 4)), 2e-6);
  expectSame(whole, await learn(alone(32, 2)), 2e-6);
});

test('padding changes nothing', async () => {
  expectSame(await learn(alone(32, 8)), await learn(alone(48, 8)), 2e-6);
});

test('packed rows learn the same as rows alone', async () => {
  const packed = layRows(
    [
      [rows[3]!, rows[1]!],
      [rows[5]!, rows[7]!, rows[4]!],
      [rows[0]!, rows[2]!, rows[6]!],
    ],
    48,
  );
  expect(packed.shape.packed).toBe(true);
  expectSame(await learn(alone(32, 8)), await learn([packed]), 2e-6);
});

test('keeping everything, the products, nothing, or a different amount by layer gives the same numbers', async () => {
  const step = alone(32, 4);
  const scores = await learn(step);
  expectSame(scores, await learn(step, () => 'products'), 2e-6);
  expectSame(scores, await learn(step, () => 'none'), 2e-6);
  expectSame(scores, await learn(step, (layer) => (layer < 2 ? 'none' : 'scores')), 2e-6);
});

test('the same step twice is the same to the bit', async () => {
  const [a, b] = [await learn(alone(32, 8)), await learn(alone(32, 8))];
  expect(b.loss).toBe(a.loss);
  expect(b.gradients).toEqual(a.gradients);
});
