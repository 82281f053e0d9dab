import type { Metric } from './metric.ts';
import { marginOf } from './preference-margin.ts';

export const preferenceAccuracy: Metric = {
  name: 'preference_accuracy',
  better: 'higher',
  unit: 'share',
  what: 'Share of held-out pairs of which the model finds the chosen answer likelier than the rejected one, by mean log-probability per token, so that long answers are not at a disadvantage; a tie counts half. It is read from both answers as they stand, not from what the model writes.',
  applies: ({ pairs }) => pairs > 0,
  leads: ({ pairs }) => pairs > 0,
  score: () => null,
  measure(nll) {
    const margin = marginOf(nll);
    return margin === null ? null : (Math.sign(margin) + 1) / 2;
  },
};
