import { warns, type RowCheck } from './check.ts';
import { answersThat } from './echoes.ts';
import { HAS } from './view.ts';

const SHORTEST = 20; // a name or a number may well be its own answer

export const answerCopiesPrompt: RowCheck = {
  code: 'answer_copies_prompt',
  needs: HAS.echo,
  ...warns,
  message: 'An answer is the question again, word for word',
  fix: 'Write the answer; check that the columns are not the same one twice',
  find: (view) => answersThat(view, (asked, answer) => asked.length >= SHORTEST && answer === asked),
};
