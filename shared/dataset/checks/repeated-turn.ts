import type { Message } from '../../contracts/row.ts';
import { excerptOf } from '../place.ts';
import { inDialogues, warns, type Finding, type RowCheck } from './check.ts';
import { HAS } from './view.ts';

const SHORTEST = 40; // "Yes, please." is said again by right

/** Whether two answers are of one length: to compare texts takes longer. */
const hasTwins = (messages: readonly Message[]): boolean => {
  const lengths: number[] = [];
  for (const { role, content } of messages)
    if (role === 'assistant' && content !== null && content.length >= SHORTEST) lengths.push(content.length);
  return new Set(lengths).size < lengths.length;
};

export const repeatedTurn: RowCheck = {
  code: 'repeated_turn',
  needs: HAS.answers,
  ...warns,
  message: 'The assistant gives the same answer to two different messages of a conversation',
  fix: 'Check that no turn was copied twice',
  find: (view) =>
    inDialogues(view, ({ messages }) => {
      if (!hasTwins(messages)) return [];
      const seen = new Set<string>();
      const found: Finding[] = [];
      for (const [message, { role, content, tool_calls }] of messages.entries()) {
        if (role !== 'assistant' || tool_calls || (content ?? '').length < SHORTEST) continue;
        if (seen.has(content!)) found.push({ message, below: '/content', excerpt: excerptOf(content) });
        seen.add(content!);
      }
      return found;
    }),
};
