import { excerptOf } from '../place.ts';
import { warns, type SetCheck } from './check.ts';
import { labelsOf } from './labels.ts';
import { aboutAll, answerOf, largest, percent } from './rows.ts';

const MOST = 0.85;

export const classImbalance: SetCheck = {
  code: 'class_imbalance',
  ...warns,
  message:
    'One answer is given far more often than the others: always to give it would be right most of the time',
  fix: 'Add rows with the rare answers, or take some of the common ones out',
  judge(rows) {
    const labels = labelsOf(rows);
    if (!labels || labels.classes.length < 2) return [];
    const { count, first } = largest(labels.classes)!;
    const all = labels.open.length;
    return aboutAll(
      count > all * MOST
        ? `${excerptOf(answerOf(rows, first))} in ${count} of ${all} rows (${percent(count, all)})`
        : null,
    );
  },
};
