import { excerptOf } from '../place.ts';
import { messagesOf, warns, type RowCheck } from './check.ts';

export const answerFirst: RowCheck = {
  code: 'answer_first',
  ...warns,
  message: 'The assistant speaks before anyone asked',
  fix: 'Add the question, or check that the roles are not swapped',
  find(row) {
    const message = messagesOf(row).findIndex(({ role }) => role !== 'system');
    const first = messagesOf(row)[message];
    return first?.role === 'assistant'
      ? [{ message, below: '/role', excerpt: excerptOf(first.content) }]
      : [];
  },
};
