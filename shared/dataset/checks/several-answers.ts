import { remarks, type SetCheck } from './check.ts';
import { differing } from './same-prompt-rows.ts';

export const severalAnswers: SetCheck = {
  code: 'several_answers',
  ...remarks,
  message: 'One question has several long answers',
  fix: 'Keep the best one, unless variety is wanted',
  judge(rows) {
    const { label, chosen } = rows.traits;
    return differing(
      rows,
      'chat',
      (row) => label[row] === 0,
      (a, b) => chosen[a] !== chosen[b],
    );
  },
};
