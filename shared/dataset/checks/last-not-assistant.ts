import { inDialogues, quarantines, type RowCheck } from './check.ts';

export const lastNotAssistant: RowCheck = {
  code: 'last_not_assistant',
  ...quarantines,
  message: 'The last message is not from the assistant',
  fix: 'End the conversation with the answer, or remove what comes after it',
  find: (row) =>
    inDialogues(row, ({ messages }) => {
      const last = messages.at(-1);
      return last && last.role !== 'assistant'
        ? [{ message: messages.length - 1, below: '/role', excerpt: last.role }]
        : [];
    }),
};
