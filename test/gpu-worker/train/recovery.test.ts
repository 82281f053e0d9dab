/** A real model that runs away once, is interrupted, and goes on elsewhere: its values to the bit. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { seamsOf } from '../../../gpu-worker/adapters/index.ts';
import { modelFor } from '../../../gpu-worker/models/index.ts';
import { initialise } from '../../../gpu-worker/runtime/initialise.ts';
import { openSessions } from '../../../gpu-worker/runtime/session.ts';
import { openWeights } from '../../../gpu-worker/runtime/weights.ts';
import { PLAIN } from '../../../gpu-worker/train/batch.ts';
import { openKeeper } from '../../../gpu-worker/train/checkpoint/keeper.ts';
import { freshState, type TrainState } from '../../../gpu-worker/train/checkpoint/state.ts';
import { openLessons } from '../../../gpu-worker/train/lessons.ts';
import { type LoopOptions, runLoop } from '../../../gpu-worker/train/loop.ts';
import { sft } from '../../../gpu-worker/train/objectives/sft.ts';
import type { OptimizerKind } from '../../../gpu-worker/train/optimizer/index.ts';
import { openTrainer } from '../../../gpu-worker/train/trainer.ts';
import { openBase } from '../../../gpu-worker/weights/base.ts';
import type { MetricsLine } from '../../../shared/contracts/spec.ts';
import { uniformAt } from '../../../shared/random.ts';
import { TRAINING } from '../../helpers/loop-run.ts';
import { methodOf } from '../../helpers/method.ts';

const base = await openBase(join(import.meta.dirname, '../../fixtures/reference/stories260K'));
const sessions = openSessions({ threads: 1 });
afterAll(async () => {
  await sessions.release();
  base.close();
});
const [model, weights] = [modelFor(base.config), openWeights(base)];
const method = methodOf({ type: 'lora', r: 4, lora_alpha: 8 });
const at = uniformAt(5, 'rows');
const rows = Array.from({ length: 14 }, (_x, row) => ({
  ids: Int32Array.from({ length: 6 + (row % 5) }, (_, i) => Math.floor(at(row * 50 + i) * 512)),
  weights: new Float32Array(6 + (row % 5)).fill(1, 1),
  line: row + 1,
}));

/** A process: opens everything, continues from `folder` where there is one, and breaks once at `breaks` if it may. */
const open = (optim: OptimizerKind, breaks: number | null) => {
  const seams = seamsOf(method, model);
  const trainer = openTrainer({ model, weights, sessions, seams, optim });
  const settings = { batch_size: 2, n_epochs: 2, seed: 3, packing: false, tokens_per_pass: 64 };
  const lessons = openLessons({
    rows,
    settings,
    objective: sft(),
    lay: PLAIN,
    policy: trainer.nll,
    reference: null,
  });
  const curve: MetricsLine[] = [];
  const begin = () => {
    initialise(trainer.parameters, 1, weights);
    return freshState(lessons.count);
  };
  const { parameters, optimizer } = trainer;
  const trained = { method, model, base, baseId: 'tiny', parameters, optimizer };
  const out = mkdtempSync(join(tmpdir(), 'recovery-'));
  const keeper = openKeeper({ out, trained, curve, files: [], begin });
  const saved: string[] = [];
  let broken = false;
  let step = 0;
  const run = (state: TrainState, stopAfter = Infinity) =>
    runLoop({
      trainer: {
        ...trainer,
        learn: async (...asked) => {
          const learnt = await trainer.learn(...asked);
          if (broken || step !== breaks) return learnt;
          broken = true;
          return { ...learnt, loss: NaN };
        },
      },
      lessons: {
        ...lessons,
        at: (i) => {
          step = i + 1;
          return lessons.at(i);
        },
      },
      training: { ...TRAINING, optim, learning_rate: 0.01, eval_steps: 2, save_steps: 3 },
      state,
      evaluate: () => Promise.resolve(((step * 7) % 5) + 1),
      stopAsked: () => (step >= stopAfter ? 'cancel' : null),
      deadline_ms: null,
      goBack: keeper.goBack,
      events: {
        step: (line) => curve.push(line),
        save: (now) => saved.push(keeper.save(now)),
        best: keeper.keepBest,
        note: () => {},
      },
    } satisfies LoopOptions);
  return { run, keeper, curve, saved, values: parameters.values };
};
const losses = (curve: readonly MetricsLine[]) => curve.map(({ step, loss }) => [step, loss]);

test.each(['adamw_torch', 'adamw_8bit', 'adafactor'] as const)(
  '%s: broken at step 8, it goes back to step 6, and from there is a run at half the rate',
  async (optim) => {
    const whole = open(optim, 8);
    const { state } = await whole.run(whole.keeper.goBack());
    expect(state.step).toBe(14);
    expect(state.back_offs).toEqual([{ step: 8, why: expect.stringContaining('NaN') as string }]);
    expect(whole.curve.map(({ step }) => step)).toEqual(Array.from({ length: 14 }, (_, i) => i + 1));
    expect(whole.values.every(Number.isFinite)).toBe(true);

    const interrupted = open(optim, 8);
    await interrupted.run(interrupted.keeper.goBack(), 11);
    const elsewhere = open(optim, null);
    const from = elsewhere.keeper.resume(interrupted.saved.at(-1)!);
    expect(from.step).toBe(9);
    expect(from.back_offs).toEqual(state.back_offs);
    const end = await elsewhere.run(from);
    expect(end.state).toEqual(state);
    expect(elsewhere.values).toEqual(whole.values);
    expect(losses(elsewhere.curve)).toEqual(losses(whole.curve));

    const [a, b] = [whole, elsewhere].map(({ keeper, values }) => [keeper.loadBest(), values.slice()]);
    expect(state.best!.step).toBeLessThan(14);
    expect(a).toEqual(b);
  },
);

test('killed before the next checkpoint, it breaks again at the same step and comes to the same values', async () => {
  const whole = open('adamw_torch', 8);
  await whole.run(whole.keeper.goBack());
  const killed = open('adamw_torch', 8);
  await killed.run(killed.keeper.goBack(), 7);
  const again = open('adamw_torch', 8);
  await again.run(again.keeper.resume(killed.saved.at(-1)!));
  expect(again.values).toEqual(whole.values);
});
