import { excerptOf } from '../place.ts';
import { inDialogues, warns, type RowCheck } from './check.ts';
import { HAS } from './view.ts';

const SHORTEST = 40; // "Yes, please." is said again by right

export const repeatedTurn: RowCheck = {
  code: 'repeated_turn',
  needs: HAS.answers,
  ...warns,
  message: 'The assistant gives the same answer to two different messages of a conversation',
  fix: 'Check that no turn was copied twice',
  find: (view) =>
    inDialogues(view, ({ messages }) => {
      const answers = messages.filter(({ role }) => role === 'assistant').length;
      if (answers < 2) return [];
      const seen = new Set<string>();
      return messages.flatMap(({ role, content, tool_calls }, message) => {
        if (role !== 'assistant' || tool_calls || (content ?? '').length < SHORTEST) return [];
        const again = seen.has(content!);
        seen.add(content!);
        return again ? [{ message, below: '/content', excerpt: excerptOf(content) }] : [];
      });
    }),
};
