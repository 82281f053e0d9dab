import { drops, inDialogues, type RowCheck } from './check.ts';
import { excerptOf } from '../place.ts';

export const emptyAnswer: RowCheck = {
  code: 'empty_answer',
  ...drops,
  message: 'An answer is empty: it would teach the model to say nothing',
  fix: 'Write the answer, or remove the row',
  find: (row) =>
    inDialogues(row, ({ messages, imitated }) =>
      messages.flatMap(({ role, content, tool_calls = [], weight = 1 }, message) =>
        role === 'assistant' &&
        weight > 0 &&
        tool_calls.length === 0 &&
        (content ?? '').trim() === '' &&
        (imitated || message < messages.length - 1)
          ? [{ message, below: '/content', excerpt: excerptOf(content) }]
          : [],
      ),
    ),
};
