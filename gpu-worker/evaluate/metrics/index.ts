/** Every metric, in the order in which they may decide a verdict. To add one: its file, its row. */
import { exactMatch } from './exact-match.ts';
import { jsonMatch } from './json-match.ts';
import { jsonValid } from './json-valid.ts';
import { loss } from './loss.ts';
import type { Facts, Graded, Metric, Nll } from './metric.ts';
import { preferenceAccuracy } from './preference-accuracy.ts';
import { preferenceMargin } from './preference-margin.ts';
import { schemaValid } from './schema-valid.ts';
import { tokenF1 } from './token-f1.ts';

export const METRICS: readonly Metric[] = [
  schemaValid,
  jsonMatch,
  jsonValid,
  exactMatch,
  preferenceAccuracy,
  tokenF1,
  preferenceMargin,
  loss,
];

/** Scores of one answer by the metrics that apply and count this row. */
export const scoresOf = (facts: Facts, at: Graded): Record<string, number> => {
  const scores: Record<string, number> = {};
  for (const metric of METRICS) {
    const score = metric.applies(facts) ? metric.score(at) : null;
    if (score !== null) scores[metric.name] = score;
  }
  return scores;
};

/** Scores of one row by the metrics that need no answer. */
export const measuresOf = (nll: Nll): Record<string, number> =>
  Object.fromEntries(
    METRICS.flatMap(({ name, measure }) => {
      const value = measure?.(nll) ?? null;
      return value === null ? [] : [[name, value]];
    }),
  );

/** The metric that will decide, chosen from the kind of rows, the references and the schema before anything is scored. */
export const decidingMetric = (facts: Facts, measured: ReadonlySet<string>): Metric | null =>
  METRICS.find((metric) => measured.has(metric.name) && metric.leads(facts)) ?? null;
