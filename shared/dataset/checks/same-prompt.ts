import { warns, type SetCheck } from './check.ts';
import { FEWEST_ROWS } from './labels.ts';
import { aboutAll, groupsOf, largest, percent } from './rows.ts';

const MOST = 0.8;

export const samePrompt: SetCheck = {
  code: 'same_prompt',
  ...warns,
  message: 'Most rows ask the same question: the model learns nothing about what it is asked',
  fix: 'Check that the right column is the question; text to learn as it is goes under the key text',
  judge(rows) {
    const open = rows.open({ kinds: ['chat'], role: 'train' });
    const groups = groupsOf(open, (row) => rows.at(row).prompt ?? -1, 2 + open.length * (1 - MOST));
    const most = groups && largest(groups);
    return aboutAll(
      most && open.length >= FEWEST_ROWS && most.count >= open.length * MOST
        ? `${most.count} of ${open.length} rows (${percent(most.count, open.length)})`
        : null,
    );
  },
};
