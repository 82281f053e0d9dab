import { excerptOf } from '../place.ts';
import { drops, inDialogues, type RowCheck } from './check.ts';
import { canLoseTurns } from './empty-turn.ts';
import { isBlank } from './turns.ts';
import { HAS } from './view.ts';

export const emptyPrompt: RowCheck = {
  code: 'empty_prompt',
  needs: HAS.blank,
  ...drops,
  message: 'A question is empty: its answer would come from nowhere',
  fix: 'Write the question, or remove the row; text to learn as it is goes under the key text',
  find: (view) =>
    inDialogues(view, ({ messages }) =>
      messages.flatMap((turn, message) =>
        turn.role === 'user' && isBlank(turn) && !canLoseTurns(view.row)
          ? [{ message, below: '/content', excerpt: excerptOf(turn.content) }]
          : [],
      ),
    ),
};
