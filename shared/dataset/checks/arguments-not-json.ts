import { excerptOf } from '../place.ts';
import { inDialogues, quarantines, type RowCheck } from './check.ts';

const isObject = (text: string): boolean => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
};

export const argumentsNotJson: RowCheck = {
  code: 'arguments_not_json',
  ...quarantines,
  message: 'The arguments of a call are not a JSON object',
  fix: 'Write the arguments as JSON text, e.g. "{\\"city\\": \\"Paris\\"}"',
  find: (row) =>
    inDialogues(row, ({ messages }) =>
      messages.flatMap(({ tool_calls = [] }, message) =>
        tool_calls.flatMap(({ function: { arguments: text } }, i) =>
          isObject(text)
            ? []
            : [{ message, below: `/tool_calls/${i}/function/arguments`, excerpt: excerptOf(text) }],
        ),
      ),
    ),
};
