import { remarks, type RowCheck } from './check.ts';
import { answersThat } from './echoes.ts';
import { HAS } from './view.ts';

const SHORTEST = 40;
/** Code is completed as a whole. */
const CODE =
  /^\s*(?:def |class |function |import |from |#include|public |SELECT |const |let |var )|[{;]\s*$/m;

export const answerBeginsWithPrompt: RowCheck = {
  code: 'answer_begins_with_prompt',
  needs: HAS.echo,
  ...remarks,
  message:
    'An answer begins with the whole question: what a base model’s output looks like before the prompt is cut off',
  fix: 'Cut the question off the answer, unless it is to be completed as a whole',
  find: (view) =>
    answersThat(
      view,
      (asked, answer) =>
        asked.length >= SHORTEST &&
        answer.length > asked.length &&
        answer.startsWith(asked) &&
        !CODE.test(asked),
    ),
};
