/** Every metric, in the order in which they may decide a verdict. To add one: its file, its row. */
import { exactMatch } from './exact-match.ts';
import { jsonMatch } from './json-match.ts';
import { jsonValid } from './json-valid.ts';
import { loss } from './loss.ts';
import type { Facts, Graded, Metric } from './metric.ts';
import { schemaValid } from './schema-valid.ts';
import { tokenF1 } from './token-f1.ts';

export const METRICS: readonly Metric[] = [schemaValid, jsonMatch, jsonValid, exactMatch, tokenF1, loss];

/** Scores of one answer by the metrics that apply and count this row; the loss is not among them. */
export const scoresOf = (facts: Facts, at: Graded): Record<string, number> => {
  const scores: Record<string, number> = {};
  for (const metric of METRICS) {
    const score = metric.applies(facts) ? metric.score(at) : null;
    if (score !== null) scores[metric.name] = score;
  }
  return scores;
};

/** The metric that will decide, chosen from the references and the schema before anything is scored. */
export const decidingMetric = (facts: Facts, measured: ReadonlySet<string>): Metric | null =>
  METRICS.find((metric) => measured.has(metric.name) && metric.leads(facts)) ?? null;
