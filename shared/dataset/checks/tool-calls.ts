/** Calls beside the tools that the row declares. */
import type { Message } from '../../contracts/row.ts';
import { isFields } from '../place.ts';
import { inDialogues, type Finding, type RowCheck } from './check.ts';
import { misfits, toolsOf, type Misfit } from './tool-schemas.ts';
import type { RowView } from './view.ts';

const hasCalls = ({ texts }: RowView): boolean => texts.some(({ part }) => part === 'name');

export type Called = {
  readonly message: number;
  readonly call: number;
  readonly name: string;
  readonly text: string;
};

export const findCalls = (view: RowView, look: (called: Called) => readonly Finding[]): readonly Finding[] =>
  hasCalls(view)
    ? inDialogues(view, ({ messages }) =>
        messages.flatMap(({ tool_calls = [] }, message) =>
          tool_calls.flatMap(({ function: { name, arguments: text } }, call) =>
            look({ message, call, name, text }),
          ),
        ),
      )
    : [];

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null; // arguments_not_json says so
  }
};

const known = new WeakMap<RowView, ReadonlyMap<string, readonly Misfit[]>>();
/** Misfits of each call, looked for once for all three checks. */
const misfitsOf = (view: RowView): ReadonlyMap<string, readonly Misfit[]> => {
  const before = known.get(view);
  if (before) return before;
  const found = new Map<string, readonly Misfit[]>();
  const tools = new Map(toolsOf(view).map(({ name, parameters }) => [name, parameters]));
  findCalls(view, ({ name, text }) => {
    const value = tools.has(name) ? parsed(text) : null;
    if (isFields(value)) found.set(`${name} ${text}`, misfits(value, tools.get(name)));
    return [];
  });
  known.set(view, found);
  return found;
};

export const findMisfits =
  (what: Misfit['what']): RowCheck['find'] =>
  (view) =>
    findCalls(view, ({ message, call, name, text }) =>
      (misfitsOf(view).get(`${name} ${text}`) ?? [])
        .filter((misfit) => misfit.what === what)
        .map(({ excerpt }) => ({
          message,
          below: `/tool_calls/${call}/function/arguments`,
          excerpt: `${name}: ${excerpt}`.slice(0, 120),
        })),
    );

/** Looks at the conversations of a row that calls tools. */
export const findInCallers = (view: RowView, look: (messages: readonly Message[]) => readonly Finding[]) =>
  hasCalls(view) ? inDialogues(view, ({ messages }) => look(messages)) : [];
