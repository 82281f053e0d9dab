import type { Message } from '../../contracts/row.ts';
import { warns, type RowCheck } from './check.ts';
import { findInCallers } from './tool-calls.ts';
import { HAS } from './view.ts';

/** Results right after a message. */
const resultsAfter = (messages: readonly Message[], message: number): number => {
  let n = 0;
  while (messages[message + 1 + n]?.role === 'tool') n++;
  return n;
};

export const unansweredCall: RowCheck = {
  code: 'unanswered_call',
  needs: HAS.tools,
  ...warns,
  message: 'A conversation goes on and a call of a tool has no result',
  fix: 'Put a message of role tool with the result of each call right after it',
  find: (view) =>
    findInCallers(view, (messages) =>
      messages.flatMap(({ tool_calls = [] }, message) => {
        const results = resultsAfter(messages, message);
        return tool_calls.length > results && message + results < messages.length - 1
          ? [{ message, below: '/tool_calls', excerpt: `${tool_calls.length} called, ${results} answered` }]
          : [];
      }),
    ),
};
