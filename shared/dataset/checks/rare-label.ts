import { excerptOf } from '../place.ts';
import { remarks, type SetCheck } from './check.ts';
import { labelsOf } from './labels.ts';
import { answerOf } from './rows.ts';

const SELDOM = 3;

export const rareLabel: SetCheck = {
  code: 'rare_label',
  ...remarks,
  message: 'An answer is given so seldom that it can neither be learnt nor tested',
  fix: 'Add rows with it (ten or more), or join it with a kindred one',
  judge(rows) {
    const labels = labelsOf(rows);
    if (!labels) return [];
    const { open, classes } = labels;
    return classes
      .filter(({ count }) => count < SELDOM && count * 10 * classes.length < open.length)
      .map(({ count, first }) => ({
        row: first,
        excerpt: `${excerptOf(answerOf(rows, first))} in ${count} of ${open.length} rows`,
      }));
  },
};
