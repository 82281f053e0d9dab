import type { Message } from '../../contracts/row.ts';
import { excerptOf } from '../place.ts';
import { inDialogues, quarantines, type RowCheck } from './check.ts';
import { changeTurns, joined } from './turns.ts';
import { HAS } from './view.ts';

/** How many messages at the beginning are the system's. */
export const leading = (messages: readonly Message[]): number => {
  const other = messages.findIndex(({ role }) => role !== 'system');
  return other < 0 ? messages.length : other;
};

export const severalSystemMessages: RowCheck = {
  code: 'several_system_messages',
  needs: HAS.odd,
  ...quarantines,
  fixable: true,
  message: 'A conversation begins with several system messages, where chat templates read one',
  fix: 'Join them into one',
  find: (view) =>
    inDialogues(view, ({ messages }) =>
      messages
        .slice(1, leading(messages))
        .map(({ content }, i) => ({ message: i + 1, below: '/role', excerpt: excerptOf(content) })),
    ),
  mendRow: (row) =>
    changeTurns(row, (messages) => {
      const n = leading(messages);
      return n < 2 ? messages : [messages.slice(0, n).reduce(joined), ...messages.slice(n)];
    }),
};
