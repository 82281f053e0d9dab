import type { Metric, Nll } from './metric.ts';

/** Mean log-probability of a chosen token above that of a rejected one, nats; null for a row that is no pair. */
export const marginOf = ({ loss, rejected }: Nll): number | null =>
  rejected === null ? null : rejected - loss;

export const preferenceMargin: Metric = {
  name: 'preference_margin',
  better: 'higher',
  unit: 'nats',
  what: 'How much likelier, per token, the model finds the chosen answer of a pair than the rejected one: mean log-probability of the chosen answer’s tokens minus that of the rejected answer’s, in nats, averaged over the pairs. Below 0 the rejected answers are the likelier ones.',
  applies: ({ pairs }) => pairs > 0,
  leads: () => false, // it grows without end as the same pairs are pushed further apart
  score: () => null,
  measure: marginOf,
};
