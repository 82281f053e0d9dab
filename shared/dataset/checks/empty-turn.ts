import type { Message, Row } from '../../contracts/row.ts';
import { excerptOf } from '../place.ts';
import { drops, type Finding, type RowCheck } from './check.ts';
import { changeTurns, isBlank } from './turns.ts';
import { HAS } from './view.ts';

const isEmpty = (message: Message): boolean =>
  isBlank(message) &&
  (message.role === 'user' || (message.role === 'assistant' && (message.weight ?? 1) > 0));

/** Without empty answers and their questions, and without empty questions and their answers. */
const withoutEmpty = (messages: readonly Message[]): readonly Message[] => {
  const gone = new Set<number>();
  for (const [i, message] of messages.entries()) {
    if (!isEmpty(message)) continue;
    gone.add(i);
    const [towards, role] = message.role === 'user' ? ([1, 'assistant'] as const) : ([-1, 'user'] as const);
    if (messages[i + towards]?.role === role) gone.add(i + towards);
  }
  return messages.filter((_, i) => !gone.has(i));
};

const looked = new WeakMap<Row, boolean>(); // every empty turn of a row asks

/** Whether a question and its answer are left when what is empty has gone. */
export const canLoseTurns = (row: Row): boolean => {
  const known = looked.get(row) ?? leavesRound(row);
  looked.set(row, known);
  return known;
};

const leavesRound = (row: Row): boolean => {
  if (row.kind !== 'chat' || !row.messages.some(isEmpty)) return false;
  const left = withoutEmpty(row.messages);
  const turns = left.filter(({ role }) => role !== 'system');
  return turns[0]?.role === 'user' && turns.at(-1)!.role === 'assistant';
};

export const emptyTurn: RowCheck = {
  code: 'empty_turn',
  needs: HAS.blank,
  ...drops,
  fixable: true,
  message: 'A turn of a conversation is empty, and others are not',
  fix: 'Write it, or remove it together with its question or answer',
  find: ({ row }) =>
    row.kind === 'chat' && canLoseTurns(row)
      ? row.messages.flatMap((turn, message): readonly Finding[] =>
          isEmpty(turn) ? [{ message, below: '/content', excerpt: excerptOf(turn.content) }] : [],
        )
      : [],
  mendRow: (row) => (canLoseTurns(row) ? changeTurns(row, withoutEmpty) : row),
};
