import type { Message } from '../../contracts/row.ts';
import { findArguments, judgeArguments } from './call-arguments.ts';
import { quarantines, type RowCheck } from './check.ts';
import { changeTurns } from './turns.ts';
import { HAS } from './view.ts';

const strict = (message: Message): Message =>
  message.tool_calls
    ? {
        ...message,
        tool_calls: message.tool_calls.map((call) => {
          const verdict = judgeArguments(call.function.arguments);
          return verdict.ok || verdict.loose === null
            ? call
            : { ...call, function: { ...call.function, arguments: JSON.stringify(verdict.loose) } };
        }),
      }
    : message;

export const argumentsLoose: RowCheck = {
  code: 'arguments_loose_json',
  needs: HAS.tools,
  ...quarantines,
  fixable: true,
  message:
    'The arguments of a call are nearly JSON: written as Python does, with a comma too many, or escaped twice',
  fix: 'Write them as JSON text, e.g. "{\\"city\\": \\"Paris\\"}"',
  find: findArguments((loose) => loose !== null),
  mendRow: (row) => changeTurns(row, (messages) => messages.map(strict)),
};
