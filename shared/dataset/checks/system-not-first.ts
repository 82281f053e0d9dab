import { excerptOf } from '../place.ts';
import { inDialogues, quarantines, type RowCheck } from './check.ts';
import { leading } from './several-system-messages.ts';
import { HAS } from './view.ts';

export const systemNotFirst: RowCheck = {
  code: 'system_not_first',
  needs: HAS.odd,
  ...quarantines,
  message: 'A system message stands after the first place, where chat templates refuse it',
  fix: 'Move it to the front, join it with the first one, or make it a user message',
  find: (view) =>
    inDialogues(view, ({ messages }) =>
      messages.flatMap(({ role, content }, message) =>
        role === 'system' && message >= leading(messages)
          ? [{ message, below: '/role', excerpt: excerptOf(content) }]
          : [],
      ),
    ),
};
