import { excerptOf } from '../place.ts';
import { drops, inDialogues, type RowCheck } from './check.ts';

export const emptyPrompt: RowCheck = {
  code: 'empty_prompt',
  ...drops,
  message: 'A question is empty: its answer would come from nowhere',
  fix: 'Write the question, or remove the row; text to learn as it is goes under the key text',
  find: (row) =>
    inDialogues(row, ({ messages }) =>
      messages.flatMap(({ role, content }, message) =>
        role === 'user' && (content ?? '').trim() === ''
          ? [{ message, below: '/content', excerpt: excerptOf(content) }]
          : [],
      ),
    ),
};
