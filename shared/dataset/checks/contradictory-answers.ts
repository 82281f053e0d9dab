import { excerptOf } from '../place.ts';
import { warns, type SetCheck } from './check.ts';
import { answerOf } from './rows.ts';
import { differing } from './same-prompt-rows.ts';

export const contradictoryAnswers: SetCheck = {
  code: 'contradictory_answers',
  ...warns,
  message: 'One question has different short answers: at most one of them can be right',
  fix: 'Decide for one, or say in the question what makes the difference',
  *judge(rows) {
    const { label } = rows.traits;
    const found = differing(
      rows,
      'chat',
      (row) => label[row] !== 0,
      (a, b) => label[a] !== label[b],
    );
    let told = 0;
    for (const { row, excerpt } of found) {
      // reading rows again is slow, and places beyond the first hundred are not shown
      const said = told++ < 100 ? `${excerptOf(answerOf(rows, row!))} ` : '';
      yield { row, excerpt: `${said}${excerpt}` };
    }
  },
};
