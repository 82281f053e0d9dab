import type { Message } from '../../contracts/row.ts';
import { inDialogues, warns, type RowCheck } from './check.ts';
import { changeTurns, follows, joined, weightOf } from './turns.ts';
import { HAS } from './view.ts';

export const sameRoleTwice: RowCheck = {
  code: 'same_role_twice',
  needs: HAS.odd,
  ...warns,
  fixable: true,
  message: 'Two messages of one role follow each other; some chat templates refuse that',
  fix: 'Join them, or add the message that is missing between them',
  find: (view) =>
    inDialogues(view, ({ messages }) =>
      messages.flatMap((second, message) =>
        follows(messages[message - 1], second) && weightOf(messages[message - 1]!) === weightOf(second)
          ? [{ message, below: '/role', excerpt: `${second.role}, ${second.role}` }]
          : [],
      ),
    ),
  mendRow: (row) =>
    changeTurns(row, (messages) =>
      messages.reduce<Message[]>((kept, next) => {
        const last = kept.at(-1);
        const join = follows(last, next) && weightOf(last) === weightOf(next);
        return join ? [...kept.slice(0, -1), joined(last, next)] : [...kept, next];
      }, []),
    ),
};
