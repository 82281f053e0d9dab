import { describe, expect, test } from 'vitest';
import { run, TRAINING } from '../../helpers/loop-run.ts';

const falling = [3, 2, 2.5, 1.9, 2.6, 2.7, 2.8, 2.9, 3, 3.1];
const evaluate = () => {
  let i = 0;
  return () => Promise.resolve(falling[i++]!);
};

const early = (patience: number, min_delta = 0) =>
  run({
    evaluate: evaluate(),
    deadline_ms: 1e9,
    training: { ...TRAINING, early_stopping: { patience, min_delta } },
  });

describe('the best evaluation', () => {
  test('is told apart, with its step', async () => {
    const { state, best } = await run({ evaluate: evaluate() });
    expect(best).toEqual([10, 20, 40]);
    expect(state.best).toEqual({ step: 40, eval_loss: 1.9 });
    expect(state.eval_loss).toBe(3.1);
  });

  test('is not kept where nobody wants it', async () => {
    const { best, state } = await run({
      evaluate: evaluate(),
      training: { ...TRAINING, load_best_model_at_end: false },
    });
    expect(best).toEqual([]);
    expect(state.best?.step).toBe(40);
  });

  test('ends the training when nothing better comes for long enough', async () => {
    const stopped = await early(3);
    expect([stopped.ended, stopped.state.step, stopped.state.total_steps]).toEqual(['done', 70, 70]);
    expect(stopped.saved.at(-1)).toBe(70);
    expect(stopped.notes).toEqual([expect.stringMatching(/early at step 70.*1\.9000 at step 40/)]);
    expect((await early(1)).state.step).toBe(30);
    expect((await early(2, 0.2)).state.step).toBe(40); // 1.9 is no gain of 0.2 over 2
    expect((await early(9)).state.step).toBe(100);
  });
});
