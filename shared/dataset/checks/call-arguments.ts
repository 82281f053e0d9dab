/** Arguments of calls: JSON text of an object, or nearly. */
import { readLoosely } from '../loose-json.ts';
import { excerptOf, isFields } from '../place.ts';
import { inDialogues, type RowCheck } from './check.ts';

/** `loose` is what was meant: written as Python does, with a comma too many, or as JSON inside JSON. */
type Verdict = { readonly ok: true } | { readonly ok: false; readonly loose: object | null };

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

export const judgeArguments = (text: string): Verdict => {
  const value = parse(text);
  if (isFields(value)) return { ok: true };
  const inner = typeof value === 'string' ? parse(value) : readLoosely(text)?.value;
  return { ok: false, loose: isFields(inner) ? inner : null };
};

/** Arguments that are no JSON object, by whether it can be said what was meant. */
export const findArguments = (wanted: (loose: object | null) => boolean): RowCheck['find'] => {
  const look = (text: string): boolean => {
    const verdict = judgeArguments(text);
    return !verdict.ok && wanted(verdict.loose);
  };
  return (view) =>
    view.texts.some(({ part, text }) => part === 'arguments' && look(text))
      ? inDialogues(view, ({ messages }) =>
          messages.flatMap(({ tool_calls = [] }, message) =>
            tool_calls.flatMap(({ function: { arguments: text } }, i) =>
              look(text)
                ? [{ message, below: `/tool_calls/${i}/function/arguments`, excerpt: excerptOf(text) }]
                : [],
            ),
          ),
        )
      : [];
};
