import { excerptOf } from '../place.ts';
import { inDialogues, remarks, type RowCheck } from './check.ts';
import { changeTurns, isBlank } from './turns.ts';
import { HAS } from './view.ts';

export const emptySystem: RowCheck = {
  code: 'empty_system',
  needs: HAS.blank,
  ...remarks,
  fixable: true,
  message: 'A system message is empty: some templates write their own one only where there is none',
  fix: 'Leave it out',
  find: (view) =>
    inDialogues(view, ({ messages }) =>
      messages.flatMap((turn, message) =>
        turn.role === 'system' && isBlank(turn)
          ? [{ message, below: '/content', excerpt: excerptOf(turn.content) }]
          : [],
      ),
    ),
  mendRow: (row) =>
    changeTurns(row, (messages) => messages.filter((turn) => turn.role !== 'system' || !isBlank(turn))),
};
