import { inDialogues, warns, type RowCheck } from './check.ts';

export const sameRoleTwice: RowCheck = {
  code: 'same_role_twice',
  ...warns,
  message: 'Two messages of one role follow each other; some chat templates refuse that',
  fix: 'Join them, or add the message that is missing between them',
  find: (row) =>
    inDialogues(row, ({ messages }) =>
      messages.flatMap(({ role }, message, all) =>
        (role === 'user' || role === 'assistant') && all[message - 1]?.role === role
          ? [{ message, below: '/role', excerpt: `${role}, ${role}` }]
          : [],
      ),
    ),
};
