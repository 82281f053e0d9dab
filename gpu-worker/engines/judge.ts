/** The evaluation of a job: both arms on the held-out rows, and the report. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Verdict } from '../../shared/contracts/event.ts';
import type { RunReport } from '../../shared/contracts/report.ts';
import type { Row } from '../../shared/contracts/row.ts';
import { progressOf } from '../../shared/progress.ts';
import type { TokenRow } from '../../shared/text/shards.ts';
import type { Tokenizer } from '../../shared/text/tokenizer.ts';
import { type ArmOutcome, runArm, type Tuned } from '../evaluate/arm.ts';
import { type Arms, compare, predictionsOf } from '../evaluate/compare.ts';
import { type HeldOutRow, heldOutRows } from '../evaluate/held-out.ts';
import { reportPage } from '../evaluate/page.ts';
import type { Plan } from './contract.ts';
import type { Job } from './task.ts';

/** Someone asked to stop while the evaluation ran; the last checkpoint holds everything. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError';
}

export const readHeldOut = (plan: Plan, tokenizer: Tokenizer, tokens: readonly TokenRow[]): HeldOutRow[] => {
  const lines = readFileSync(plan.held_out_rows, 'utf8').split('\n').filter(Boolean);
  const rows = lines.map((text) => JSON.parse(text) as { line: number; row: Row });
  return heldOutRows(rows, tokens, { tokenizer, maxLength: plan.recipe.training.max_length });
};

/** Runs an arm, or takes what an earlier attempt found out about the base. */
export const measureArm = async (
  job: Job,
  name: 'base' | 'tuned',
  rows: readonly HeldOutRow[],
  tuned: Tuned | null,
): Promise<ArmOutcome> => {
  const { plan, io, open } = job;
  if (name === 'base' && existsSync(job.baseArm))
    return JSON.parse(readFileSync(job.baseArm, 'utf8')) as ArmOutcome;
  const phase = name === 'base' ? 'evaluate_base' : 'evaluate_tuned';
  const began = performance.now();
  const outcome = await runArm(open, {
    tuned,
    rows,
    samples: plan.recipe.evaluation.samples,
    max_new_tokens: plan.recipe.evaluation.max_new_tokens,
    max_length: plan.recipe.training.max_length,
    onProgress: (step, steps) => {
      if (io.stopAsked()) throw new StoppedError();
      const pace = step > 0 ? (performance.now() - began) / 1000 / step : null;
      const eta_seconds = pace === null ? null : pace * (steps - step);
      io.emit({ type: 'progress', progress: progressOf({ phase, step, steps, eta_seconds }) });
    },
  });
  if (name === 'base') writeFileSync(job.baseArm, JSON.stringify(outcome));
  return outcome;
};

/** Mean loss over all trained tokens of the held-out rows, nats: long rows weigh more, as in training. */
const tokenMean = (rows: readonly HeldOutRow[], { rows: outcomes }: ArmOutcome): number => {
  let [sum, all] = [0, 0];
  for (const [i, { tokens }] of rows.entries()) {
    const weight = tokens.weights.reduce((a, b) => a + b, 0);
    if (weight === 0) continue;
    sum += outcomes[i]!.loss * weight;
    all += weight;
  }
  return sum / all;
};

/** Writes report.json, report.html and predictions.jsonl; says the verdict. */
export const judgeJob = (
  { plan, io, curve, schema }: Job,
  { heldOut, arms, figures }: { heldOut: readonly HeldOutRow[]; arms: Arms; figures: RunReport['figures'] },
): Verdict => {
  const { recipe } = plan;
  const predictions = predictionsOf(heldOut, arms, schema);
  const means = Object.entries(arms).map(([name, arm]) => [
    `loss_token_mean_${name}`,
    tokenMean(heldOut, arm),
  ]);
  const shown = { ...figures, ...(Object.fromEntries(means) as RunReport['figures']) };
  const report = compare({
    predictions,
    arms,
    schema,
    curve,
    figures: shown,
    gates: recipe.gates,
    objective: recipe.objective.type,
    seed: plan.seed,
  });
  const write = (name: string, text: string) => writeFileSync(join(plan.out, name), text);
  write('report.json', `${JSON.stringify(report, null, 2)}\n`);
  write('predictions.jsonl', predictions.map((p) => `${JSON.stringify(p)}\n`).join(''));
  write(
    'report.html',
    reportPage({ title: plan.job, report, metrics: curve, recipe, base: plan.base.id, dataset: {} }),
  );
  io.emit({ type: 'evaluated', verdict: report.verdict, message: report.message });
  return report.verdict;
};
