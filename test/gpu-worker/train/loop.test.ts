import { expect, test } from 'vitest';
import { run, START } from '../../helpers/loop-run.ts';

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

test('a pause right after a checkpoint does not write it anew, one before any step does', async () => {
  let asked: 'pause' | null = null;
  const stopAsked = () => asked;
  const loss = (step: number) => {
    if (step === 25) asked = 'pause';
    return 1;
  };
  expect((await run({ stopAsked, loss })).saved).toEqual([25]);
  expect((await run({ stopAsked, state: { ...START, step: 40 } })).saved).toEqual([40]);
});

test('a loss that is not a number, whatever the rate, fails with a reason and what to do', async () => {
  await expect(run({ loss: (step) => (step === 4 ? NaN : 1) })).rejects.toMatchObject({
    code: 'diverged',
    message: expect.stringContaining('step 4') as string,
    details: { hint: expect.stringContaining('learning_rate') as string },
  });
});
