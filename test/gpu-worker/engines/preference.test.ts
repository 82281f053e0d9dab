/** Whole jobs on pairs and labelled answers, on a base of 260K values. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { EngineMessage, Plan } from '../../../gpu-worker/engines/contract.ts';
import { runJob } from '../../../gpu-worker/engines/job.ts';
import { tokenizeRows, writeShard } from '../../../gpu-worker/supervisor/tokens.ts';
import { openBase } from '../../../gpu-worker/weights/base.ts';
import { Recipe, type RecipeInput } from '../../../shared/contracts/recipe.ts';
import { RunReport } from '../../../shared/contracts/report.ts';
import type { AccountedRow, Row } from '../../../shared/contracts/row.ts';
import { resolveRecipe } from '../../../shared/plan/recipe.ts';
import { loadTokenizer } from '../../../shared/text/tokenizer.ts';
import { tempFolder } from '../../helpers/engine-store.ts';
import { rows as COUNTS } from '../../helpers/jobs.ts';
import { say } from '../../helpers/rows-of-text.ts';
import { writeTinyBase } from '../../helpers/tiny-base.ts';

const base = writeTinyBase(join(tempFolder(), 'base'));
const opened = await openBase(base);
opened.close();
const tokenizer = loadTokenizer(opened.tokenizer!);

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
  const folder = tempFolder();
  const accounted = Array.from({ length: TRAIN + HELD_OUT }, (_, i): AccountedRow => {
    const fate = i < TRAIN ? 'train' : 'held_out';
    return { file: 'a', line: i + 1, fate, reason: null, row: make(i) };
  });
  const file = join(folder, 'rows.jsonl.gz');
  writeFileSync(file, gzipSync(accounted.map((row) => `${JSON.stringify(row)}\n`).join('')));
  const training = { n_epochs: 2, batch_size: 4, learning_rate: 3e-3, max_length: 64, eval_steps: 4 };
  const recipe = Recipe.parse({
    base,
    objective,
    training: { ...training, load_best_model_at_end: false },
    evaluation: { samples: 2, max_new_tokens: 4 },
  });
  const report = {
    rows: { ...COUNTS, train: TRAIN, held_out: HELD_OUT },
    shape: null,
    kinds: { [make(0).kind]: 1 },
  };
  const { resolved } = resolveRecipe(recipe, report);
  const signal = new AbortController().signal;
  const tokens = await tokenizeRows(file, tokenizer, {
    objective: resolved.objective.type,
    maxLength: 64,
    signal,
  });
  const at = (name: string) => join(folder, name);
  writeShard(at('train'), tokens.train);
  writeShard(at('held_out'), tokens.held_out);
  writeFileSync(at('rows'), tokens.held_out_rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const plan: Plan = {
    version: 1,
    job: 'ftjob-0',
    seed: 1,
    recipe: resolved,
    base: { id: 'tiny', path: base },
    train: at('train'),
    held_out: at('held_out'),
    held_out_rows: at('rows'),
    cut_rows: 0,
    empty_rows: 0,
    resume_from: null,
    deadline_ms: null,
    out: at('out'),
    threads: 1,
  };
  const said: EngineMessage[] = [];
  await runJob(plan, { emit: (message) => void said.push(message), stopAsked: () => null });
  const result = RunReport.parse(JSON.parse(readFileSync(join(plan.out, 'report.json'), 'utf8')));
  const lines = said.flatMap((message) => (message.type === 'metrics' ? [message.line] : []));
  const metric = (name: string) => result.arms.map(({ metrics }) => metrics[name]);
  return { result, lines, metric };
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
