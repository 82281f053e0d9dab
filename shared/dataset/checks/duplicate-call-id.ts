import { excerptOf } from '../place.ts';
import { warns, type RowCheck } from './check.ts';
import { findInCallers } from './tool-calls.ts';
import { HAS } from './view.ts';

export const duplicateCallId: RowCheck = {
  code: 'duplicate_call_id',
  needs: HAS.tools,
  ...warns,
  message: 'Two calls of a conversation have the same id: their results cannot be told apart',
  fix: 'Give each call its own id, and its result the same one as tool_call_id',
  find: (view) =>
    findInCallers(view, (messages) => {
      const seen = new Set<string>();
      return messages.flatMap(({ tool_calls = [] }, message) =>
        tool_calls.flatMap(({ id }, i) => {
          const again = id !== undefined && seen.has(id);
          if (id !== undefined) seen.add(id);
          return again ? [{ message, below: `/tool_calls/${i}/id`, excerpt: excerptOf(id) }] : [];
        }),
      );
    }),
};
