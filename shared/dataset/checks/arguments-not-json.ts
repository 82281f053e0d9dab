import { findArguments } from './call-arguments.ts';
import { quarantines, type RowCheck } from './check.ts';
import { HAS } from './view.ts';

export const argumentsNotJson: RowCheck = {
  code: 'arguments_not_json',
  needs: HAS.tools,
  ...quarantines,
  message: 'The arguments of a call are not a JSON object',
  fix: 'Write the arguments as JSON text, e.g. "{\\"city\\": \\"Paris\\"}"',
  find: findArguments((loose) => loose === null),
};
