import { excerptOf } from '../place.ts';
import { inDialogues, warns, type RowCheck } from './check.ts';
import { HAS } from './view.ts';

export const answerFirst: RowCheck = {
  code: 'answer_first',
  needs: HAS.odd,
  ...warns,
  message: 'The assistant speaks before anyone asked',
  fix: 'Add the question, or check that the roles are not swapped',
  find: (view) =>
    inDialogues(view, ({ messages }) => {
      const message = messages.findIndex(({ role }) => role !== 'system');
      const first = messages[message];
      return first?.role === 'assistant'
        ? [{ message, below: '/role', excerpt: excerptOf(first.content) }]
        : [];
    }),
};
