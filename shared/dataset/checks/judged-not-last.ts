import { excerptOf } from '../place.ts';
import { inDialogues, quarantines, type RowCheck } from './check.ts';
import { HAS } from './view.ts';

export const judgedNotLast: RowCheck = {
  code: 'judged_not_last',
  needs: HAS.odd,
  ...quarantines,
  message: 'What was judged, or preferred, does not end with a message of the assistant',
  fix: 'End it with the answer that was judged',
  find: (view) =>
    view.row.kind === 'kto' || view.row.kind === 'preference'
      ? inDialogues(view, ({ messages }) => {
          const { role, content } = messages.at(-1)!;
          return role === 'assistant' || !messages.some((turn) => turn.role === 'assistant')
            ? []
            : [{ message: messages.length - 1, below: '/role', excerpt: `${role}: ${excerptOf(content)}` }];
        })
      : [],
};
