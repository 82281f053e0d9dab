/** `report.json` from what the two models did on the held-out rows. Pure: the same input gives the same bytes. */
import type { Arm, Gain, Prediction, RunReport } from '../../shared/contracts/report.ts';
import type { ResolvedRecipe } from '../../shared/contracts/recipe.ts';
import type { MetricsLine } from '../../shared/contracts/spec.ts';
import { AppError } from '../../shared/errors.ts';
import { imitates } from '../../shared/plan/fit.ts';
import { chooseSamples, outcomeOf } from './choice.ts';
import { diagnose, type ArmRun } from './diagnosis.ts';
import { measured, pairedGain } from './intervals.ts';
import { decidingMetric, METRICS } from './metrics/index.ts';
import { loss } from './metrics/loss.ts';
import type { Facts, Metric } from './metrics/metric.ts';
import { preferenceMargin } from './metrics/preference-margin.ts';
import type { SchemaCheck } from './metrics/schema.ts';
import { judge } from './verdict.ts';

const SAMPLES = 10;

export type ReportInput = {
  /** every held-out row, in the order of the data, with its scores by metric name */
  readonly predictions: readonly Prediction[];
  /** the arms that were run, base first */
  readonly runs: readonly ArmRun[];
  readonly schema: SchemaCheck | null;
  /** the training steps; empty where no training went before */
  readonly curve: readonly MetricsLine[];
  readonly figures: RunReport['figures'];
  readonly gates: ResolvedRecipe['gates'];
  /** what was trained for; null where no training went before */
  readonly objective: ResolvedRecipe['objective']['type'] | null;
  readonly seed: number;
};

const scoreOf = (row: Prediction, arm: ArmRun['name'], metric: Metric): number | null => {
  const score = row.arms[arm]?.scores[metric.name];
  if (score === undefined) return null;
  if (Number.isFinite(score)) return score;
  throw new AppError(
    'diverged',
    `${metric.name} of the ${arm} model is not a number on held-out row ${row.line ?? '(no line)'}: lower training.learning_rate`,
    { metric: metric.name, arm, line: row.line },
  );
};

const armOf = ({ name, seconds, tokens }: ArmRun, predictions: readonly Prediction[]): Arm => {
  const metrics: Arm['metrics'] = {};
  for (const metric of METRICS) {
    const values = predictions.flatMap((row) => scoreOf(row, name, metric) ?? []);
    if (values.length > 0) metrics[metric.name] = measured(values);
  }
  return { name, metrics, seconds, tokens };
};

/** Over the rows that both arms were scored on. */
const gainIn = (metric: Metric, predictions: readonly Prediction[]): Gain | null => {
  const base: number[] = [];
  const tuned: number[] = [];
  for (const row of predictions) {
    const [before, after] = [scoreOf(row, 'base', metric), scoreOf(row, 'tuned', metric)];
    if (before === null || after === null) continue;
    base.push(before);
    tuned.push(after);
  }
  return base.length === 0 ? null : pairedGain(metric.name, base, tuned);
};

const isPair = ({ arms }: Prediction): boolean =>
  [arms.base, arms.tuned].some((arm) => arm && preferenceMargin.name in arm.scores);

/** What the choice of the deciding metric may know: the references of the rows that were to be answered, and the pairs
 *  whose answers the model learnt to tell apart. */
const factsOf = ({ predictions, schema, objective }: ReportInput): Facts => ({
  references: predictions
    .filter(({ arms }) => [arms.base, arms.tuned].some((arm) => typeof arm?.answer === 'string'))
    .map((row) => row.reference),
  schema,
  pairs: objective !== null && imitates(objective) ? 0 : predictions.filter(isPair).length,
});

/** Throws `diverged` where a score is not a finite number. `figures` of the input come back with the counts of rows. */
export const buildReport = (input: ReportInput): RunReport => {
  const { predictions, runs, gates, objective, seed } = input;
  const arms = runs.map((run) => armOf(run, predictions));
  const gains = METRICS.flatMap((metric) => gainIn(metric, predictions) ?? []);
  const facts = factsOf(input);
  const metric = decidingMetric(facts, new Set(gains.map((gain) => gain.metric)));
  const outcomes = predictions.map((row) => outcomeOf(metric, row));
  const rowsWith = (outcome: string): number => outcomes.filter((o) => o === outcome).length;
  const tunedLoss = arms.find((arm) => arm.name === 'tuned')?.metrics[loss.name] ?? null;
  return {
    version: 1,
    ...judge({ metric, arms, gains, gates }),
    arms,
    gains,
    forgetting: null,
    diagnosis: diagnose({
      ...input,
      tunedLoss: objective === null || imitates(objective) ? tunedLoss : null,
    }),
    samples: chooseSamples(predictions, { metric, seed, seats: SAMPLES }),
    figures: {
      ...input.figures,
      deciding_metric: metric?.name ?? null,
      held_out_rows: predictions.length,
      answered_rows: facts.references.length,
      rows_better: rowsWith('better'),
      rows_same: rowsWith('same'),
      rows_worse: rowsWith('worse'),
    },
  };
};
