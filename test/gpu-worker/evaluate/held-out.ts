import type { Prediction } from '../../../shared/contracts/report.ts';
import type { MetricsLine } from '../../../shared/contracts/spec.ts';

type Scores = Readonly<Record<string, number>>;
type Row = {
  readonly reference?: string;
  readonly prompt?: string;
  readonly base?: string | null;
  readonly tuned?: string | null;
};

/** A held-out row with both answers and the given scores. */
export const prediction = (line: number, base: Scores, tuned: Scores, row: Row = {}): Prediction => ({
  line,
  prompt: row.prompt ?? `question ${line}`,
  reference: row.reference ?? `the answer to question ${line}`,
  arms: {
    base: { answer: row.base === undefined ? `base says ${line}` : row.base, scores: { ...base } },
    tuned: { answer: row.tuned === undefined ? `tuned says ${line}` : row.tuned, scores: { ...tuned } },
  },
});

export const rows = (n: number, make: (i: number) => Prediction): Prediction[] =>
  Array.from({ length: n }, (_, i) => make(i));

/** Training steps of these losses; `held` are held-out losses by step. */
export const curveOf = (
  losses: readonly number[],
  held: Readonly<Record<number, number>> = {},
): MetricsLine[] =>
  losses.map((loss, i) => ({
    step: i + 1,
    epoch: (i + 1) / losses.length,
    loss,
    grad_norm: 1,
    learning_rate: 2e-4,
    tokens: 1000,
    tokens_per_second: 500,
    rss_mb: 900 + i,
    ...(held[i + 1] === undefined ? {} : { eval_loss: held[i + 1]! }),
  }));
