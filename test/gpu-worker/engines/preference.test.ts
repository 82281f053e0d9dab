/** Whole jobs on pairs and labelled answers, on a base of 260K values. */
import { expect, test } from 'vitest';
import type { RecipeInput } from '../../../shared/contracts/recipe.ts';
import type { Row } from '../../../shared/contracts/row.ts';
import { planOf, runPlan } from '../../helpers/engine-job.ts';
import { say } from '../../helpers/rows-of-text.ts';

const asked = (i: number) => say('user', `say ${i}`);
const answers = (i: number): [good: string, bad: string] => [`yes of course ${i}`, `no way at all ${i % 3}`];
const pair = (i: number): Row => ({
  kind: 'preference',
  messages: [asked(i)],
  chosen: [say('assistant', answers(i)[0])],
  rejected: [say('assistant', answers(i)[1])],
});
const labelled = (i: number): Row => ({
  kind: 'kto',
  messages: [asked(i), say('assistant', answers(i)[i % 2]!)],
  label: i % 2 === 0,
});

const [TRAIN, HELD_OUT] = [16, 8];

const run = async (make: (i: number) => Row, objective: NonNullable<RecipeInput['objective']>) => {
  const made = Array.from({ length: TRAIN + HELD_OUT }, (_, i) => make(i));
  const training = { n_epochs: 2, batch_size: 4, learning_rate: 3e-3, eval_steps: 4 };
  const plan = await planOf(
    { train: made.slice(0, TRAIN), held_out: made.slice(TRAIN) },
    { objective, training },
  );
  const { result, lines } = await runPlan(plan);
  const metric = (name: string) => result!.arms.map(({ metrics }) => metrics[name]);
  return { result: result!, lines, metric };
};

test.each([
  { type: 'dpo' },
  { type: 'orpo', beta: 2 }, // with less its likelihood term decides, which is imitation
  { type: 'simpo' },
  { type: 'kto' },
] as const)('$type learns to prefer, and held-out pairs show it', async (objective) => {
  const { metric, result, lines } = await run(pair, objective);
  const [before, after] = metric('preference_margin');
  expect([before!.n, after!.n]).toEqual([HELD_OUT, HELD_OUT]);
  expect(after!.value).toBeGreaterThan(before!.value);
  expect(result.figures).toMatchObject({
    deciding_metric: 'preference_accuracy',
    held_out_rows: HELD_OUT,
    train_rows: objective.type === 'kto' ? 2 * TRAIN : TRAIN,
  });
  expect(metric('loss').map((figure) => figure!.n)).toEqual([HELD_OUT, HELD_OUT]);
  expect(lines.at(-1)!.eval_loss).toBeGreaterThan(0);
});

test('imitation of pairs is measured by the chosen answers, on the way and at the end', async () => {
  const { metric, lines, result } = await run(pair, { type: 'sft' });
  expect(lines.at(-1)!.eval_loss).toBeCloseTo(metric('loss')[1]!.value, 5);
  expect(metric('preference_accuracy')[0]!.n).toBe(HELD_OUT);
  expect(result.figures['deciding_metric']).not.toBe('preference_accuracy');
});

test('of labelled answers the good ones are the references', async () => {
  const { metric, lines } = await run(labelled, { type: 'auto' });
  expect(metric('loss').map((figure) => figure!.n)).toEqual([HELD_OUT / 2, HELD_OUT / 2]);
  expect(metric('preference_accuracy')).toEqual([undefined, undefined]);
  expect(lines).toHaveLength((2 * TRAIN) / 4);
});
