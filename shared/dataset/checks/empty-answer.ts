import { excerptOf } from '../place.ts';
import { drops, inDialogues, type RowCheck } from './check.ts';
import { canLoseTurns } from './empty-turn.ts';
import { isBlank } from './turns.ts';
import { HAS } from './view.ts';

export const emptyAnswer: RowCheck = {
  code: 'empty_answer',
  needs: HAS.blank,
  ...drops,
  message: 'An answer is empty: it would teach the model to say nothing',
  fix: 'Write the answer, or remove the row',
  find: (view) =>
    inDialogues(view, ({ messages, imitated }) =>
      messages.flatMap((turn, message) =>
        turn.role === 'assistant' &&
        isBlank(turn) &&
        (turn.weight ?? 1) > 0 &&
        (imitated || message < messages.length - 1) &&
        !canLoseTurns(view.row)
          ? [{ message, below: '/content', excerpt: excerptOf(turn.content) }]
          : [],
      ),
    ),
};
