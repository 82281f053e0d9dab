import { expect, test } from 'vitest';
import type { TrainState } from '../../../gpu-worker/train/checkpoint.ts';
import { runLoop, type LoopOptions } from '../../../gpu-worker/train/loop.ts';
import type { Lessons } from '../../../gpu-worker/train/lessons.ts';
import { sft } from '../../../gpu-worker/train/objectives/sft.ts';
import type { MetricsLine } from '../../../shared/contracts/spec.ts';

const LESSONS: Lessons = {
  count: 100,
  row_tokens: 64,
  at: () => Promise.resolve({ passes: [], context: {} }),
  epoch: (i) => i / 100,
};
const START: TrainState = {
  version: 1,
  step: 0,
  total_steps: 100,
  trained_tokens: 0,
  last_loss: null,
  eval_loss: null,
};
const TRAINING = {
  n_epochs: 1,
  batch_size: 1,
  learning_rate: 1,
  warmup_ratio: 0,
  lr_scheduler_type: 'linear',
  weight_decay: 0,
  max_grad_norm: 1,
  max_length: 64,
  packing: false,
  seed: 0,
  eval_steps: 10,
  save_steps: 25,
  optim: 'adamw_torch',
  load_best_model_at_end: true,
  early_stopping: false,
} as const;

/** A clock that a step moves on, and a trainer that only takes time. */
const run = (
  over: Partial<LoopOptions> & { loss?: (step: number) => number; step_ms?: (step: number) => number } = {},
) => {
  let clock = 0;
  let step = 0;
  const lines: MetricsLine[] = [];
  const saved: number[] = [];
  const trainer = {
    objective: sft(),
    learn: () => {
      clock += over.step_ms?.(++step) ?? 1000;
      return Promise.resolve({ loss: (over.loss ?? (() => 1))(over.step_ms ? step : ++step), report: {} });
    },
    update: () => 1,
  } as unknown as LoopOptions['trainer'];
  const done = runLoop({
    trainer,
    lessons: LESSONS,
    training: TRAINING,
    state: START,
    evaluate: () => Promise.resolve(2),
    stopAsked: () => null,
    deadline_ms: null,
    events: { step: (line) => lines.push(line), save: (state) => saved.push(state.step) },
    now: () => clock,
    ...over,
  });
  return done.then((result) => ({ ...result, lines, saved }));
};

test('measures and saves at their steps and at the last one', async () => {
  const { lines, saved, ended } = await run();
  expect(ended).toBe('done');
  expect(lines).toHaveLength(100);
  expect(lines.filter((l) => l.eval_loss !== undefined).map((l) => l.step)).toEqual([
    10, 20, 30, 40, 50, 60, 70, 80, 90, 100,
  ]);
  expect(saved).toEqual([25, 50, 75, 100]);
  expect(lines[50]!.learning_rate).toBeCloseTo(0.5);
});

test('a budget cuts the schedule to the steps that fit, and the rate still ends near zero', async () => {
  const { state, lines, saved, ended } = await run({ deadline_ms: 40_000 });
  expect(ended).toBe('done');
  expect(state.step).toBe(40);
  expect(saved.at(-1)).toBe(40);
  expect(lines.at(-1)!.learning_rate).toBeLessThan(0.05);
});

test('a machine that gets faster gets the steps back that the budget had cut', async () => {
  const { state, lines } = await run({ deadline_ms: 120_000, step_ms: (step) => (step < 10 ? 3000 : 500) });
  expect(state.step).toBe(100);
  expect(lines.at(-1)!.learning_rate).toBeLessThan(0.05);
});

test('a deadline that has passed ends the training, whatever was planned', async () => {
  const { state, ended, saved } = await run({ deadline_ms: 2500 });
  expect(ended).toBe('done');
  expect(state.step).toBe(3);
  expect(saved).toEqual([3]);
});

test('a pause saves at once and a cancel does not', async () => {
  let asked: 'pause' | 'cancel' | null = null;
  const at = (what: 'pause' | 'cancel') =>
    run({
      stopAsked: () => asked,
      loss: (step) => {
        if (step === 7) asked = what;
        return 1;
      },
    });
  const paused = await at('pause');
  expect([paused.ended, paused.state.step, paused.saved]).toEqual(['pause', 7, [7]]);
  asked = null;
  const cancelled = await at('cancel');
  expect([cancelled.ended, cancelled.state.step, cancelled.saved]).toEqual(['cancel', 7, []]);
});

test('a loss that is not a number fails with a reason and what to do', async () => {
  await expect(run({ loss: (step) => (step === 4 ? NaN : 1) })).rejects.toMatchObject({
    code: 'diverged',
    message: expect.stringContaining('step 4') as string,
    details: { hint: expect.stringContaining('learning_rate') as string },
  });
});
