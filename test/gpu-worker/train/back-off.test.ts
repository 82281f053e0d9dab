import { describe, expect, test } from 'vitest';
import { freshState, type TrainState } from '../../../gpu-worker/train/checkpoint/state.ts';
import type { LoopOptions } from '../../../gpu-worker/train/loop.ts';
import { sft } from '../../../gpu-worker/train/objectives/sft.ts';
import type { MetricsLine } from '../../../shared/contracts/spec.ts';
import { run, START, TRAINING } from '../../helpers/loop-run.ts';

/** A loss that breaks at step `from` unless the rate is at most `above`. */
const high = (from: number, above: number) => (step: number, lr: number) =>
  step >= from && lr > above ? 9 : step < from ? 2 : 1.5;

describe('training that runs away', () => {
  test('goes back to what was saved last, and on at half the rate', async () => {
    const { state, ended, lines, saved, notes } = await run({
      training: { ...TRAINING, lr_scheduler_type: 'constant' },
      loss: high(40, 0.6),
    });
    expect([ended, state.step]).toEqual(['done', 100]);
    expect(saved).toEqual([25, 50, 75, 100]);
    expect(state.back_offs).toHaveLength(1);
    expect(notes).toEqual([expect.stringMatching(/diverged at step 5\d .*goes back to step 25, at half/)]);
    const again = lines.findLastIndex((line) => line.step === 26);
    expect(again).toBeGreaterThan(40);
    expect(lines.slice(again).map((line) => line.step)).toEqual(Array.from({ length: 75 }, (_, i) => 26 + i));
    expect(lines.slice(again).every((line) => line.learning_rate === 0.5)).toBe(true);
  });

  test('does so three times, then fails and says so', async () => {
    const notes: string[] = [];
    const failing = run({
      loss: high(30, 0),
      events: { step: () => {}, save: () => {}, best: () => {}, note: (message) => notes.push(message) },
    });
    await expect(failing).rejects.toMatchObject({
      code: 'diverged',
      message: expect.stringContaining('halved 3 times') as string,
    });
    expect(notes).toHaveLength(3);
  });

  test('makes no update with a loss or a norm that is not a number', async () => {
    let updates = 0;
    const trainer: LoopOptions['trainer'] = {
      objective: sft(),
      learn: () => Promise.resolve({ loss: NaN, report: {} }),
      update: () => ++updates,
    };
    await expect(run({ trainer })).rejects.toMatchObject({ code: 'diverged' });
    expect(updates).toBe(0);
  });

  test('fails at once where the values it would go back to give no number', async () => {
    const notes: string[] = [];
    let state = { ...freshState(100), step: 50 };
    await expect(
      run({
        state,
        goBack: () => state,
        loss: () => Infinity,
        events: { step: () => {}, save: () => {}, best: () => {}, note: (message) => notes.push(message) },
      }),
    ).rejects.toMatchObject({ code: 'diverged' });
    expect(notes).toEqual([]);
  });

  test('is not saved while it does', async () => {
    const { saved } = await run({ loss: (step) => (step >= 49 && step <= 51 ? 9 : 1) });
    expect(saved).toEqual([25, 52, 75, 100]);
  });

  test('on the held-out rows alone counts as well', async () => {
    let asked = 0;
    const { state } = await run({ evaluate: () => Promise.resolve(++asked === 3 ? NaN : 1) });
    expect(state.back_offs).toEqual([{ step: 30, why: 'held-out loss NaN' }]);
    expect(state.step).toBe(100);
  });

  test('a run that was interrupted meanwhile makes the same steps', async () => {
    const training = { ...TRAINING, lr_scheduler_type: 'constant' } as const;
    const whole = await run({ training, loss: high(60, 0.3) });
    let at: TrainState = START;
    let stop = false;
    const lines: MetricsLine[] = [];
    const events = {
      step: (line: MetricsLine) => {
        lines[line.step] = line;
      },
      save: (state: TrainState) => {
        at = state;
        if (state.step === 50) stop = true;
      },
      best: () => {},
      note: () => {},
    };
    await run({ training, loss: high(60, 0.3), events, stopAsked: () => (stop ? 'cancel' : null) });
    await run({ training, loss: high(60, 0.3), state: at, goBack: () => at, events });
    for (const step of [51, 60, 80, 100])
      expect(lines[step]).toMatchObject({
        loss: whole.lines.findLast((line) => line.step === step)!.loss,
        learning_rate: whole.lines.findLast((line) => line.step === step)!.learning_rate,
      });
  });
});
