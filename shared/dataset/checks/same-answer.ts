import { excerptOf } from '../place.ts';
import { warns, type SetCheck } from './check.ts';
import { FEWEST_ROWS } from './labels.ts';
import { aboutAll, answerOf, groupsOf, largest } from './rows.ts';

export const sameAnswer: SetCheck = {
  code: 'same_answer',
  ...warns,
  message: 'All rows have the same answer: there is nothing to tell apart',
  fix: 'Check that the right column is the answer',
  judge(rows) {
    const open = rows.open({ kinds: ['chat'], role: 'train' });
    const { chosen } = rows.traits;
    const groups = groupsOf(open, (row) => chosen[row]!, 1 + open.length * 0.02);
    const most = groups && largest(groups);
    return aboutAll(
      most && open.length >= FEWEST_ROWS && most.count >= open.length * 0.98
        ? `${excerptOf(answerOf(rows, most.first))} in ${most.count} of ${open.length} rows`
        : null,
    );
  },
};
