import { quarantines, type RowCheck } from './check.ts';
import { changeTurns } from './turns.ts';
import { HAS } from './view.ts';

export const lastNotAssistant: RowCheck = {
  code: 'last_not_assistant',
  needs: HAS.odd,
  ...quarantines,
  fixable: true,
  message: 'The last message is not from the assistant',
  fix: 'End the conversation with the answer, or remove what comes after it',
  find({ row }) {
    if (row.kind !== 'chat' || !row.messages.some(({ role }) => role === 'assistant')) return [];
    const { role } = row.messages.at(-1)!;
    return role === 'assistant' ? [] : [{ message: row.messages.length - 1, below: '/role', excerpt: role }];
  },
  mendRow: (row) =>
    row.kind !== 'chat' // what was judged must stand at the end
      ? row
      : changeTurns(row, (messages) =>
          messages.slice(0, messages.findLastIndex(({ role }) => role === 'assistant') + 1),
        ),
};
