import type { Metric } from './metric.ts';

/** One value a row, the mean over the row's trained tokens. */
export const loss: Metric = {
  name: 'loss',
  better: 'lower',
  unit: 'nats',
  what: 'Mean negative log-likelihood of the reference answer’s tokens in nats, first averaged over the tokens of a row, then over the rows, so that long rows weigh no more than short ones.',
  applies: () => true,
  leads: () => true,
  score: () => null,
  measure: ({ loss: nll }) => (Number.isNaN(nll) ? null : nll),
};
