import { remarks, type SetCheck } from './check.ts';

const [FEWEST, TIMES] = [20, 30];
const LONG = 10_000; // characters: shorter rows fit anyway

export const lengthOutlier: SetCheck = {
  code: 'length_outlier',
  ...remarks,
  message: `A row is more than ${TIMES} times as long as most`,
  fix: 'Check that no rows ran together; one long row decides how much memory the training takes',
  judge(rows) {
    const { promptLength, answerLength } = rows.traits;
    const open = rows.open();
    if (open.length < FEWEST) return [];
    const lengthOf = (row: number): number => promptLength[row]! + answerLength[row]!;
    const middle = open.map(lengthOf).toSorted()[open.length >> 1]!;
    const long = open.filter((row) => lengthOf(row) > LONG && lengthOf(row) > TIMES * middle);
    return Array.from(long, (row) => ({
      row,
      excerpt: `${lengthOf(row)} characters; half of the rows have ${middle} or less`,
    }));
  },
};
