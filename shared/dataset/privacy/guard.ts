/** All texts of a canonical row, treated as the recipe says. */
import type { PersonalType } from '../../contracts/privacy.ts';
import type { Message, Row } from '../../contracts/row.ts';
import { modeOf, treat, treatJson, type Terms, type Treated } from './treat.ts';

/** As a check's `Finding`; `message` is null for tools, which belong to all of them. */
export type PersonalPlace = {
  readonly type: PersonalType;
  readonly message: number | null;
  readonly below: string;
};

export type Guarded = {
  /** the same object where nothing was changed */
  readonly row: Row;
  readonly found: readonly PersonalPlace[];
  /** something was found that the recipe rejects */
  readonly rejected: boolean;
};

type Note = (below: string, treated: Treated) => string;

/** The same message where nothing was changed. */
const guardMessage = (message: Message, terms: Terms, note: Note): Message => {
  const { content, reasoning_content, tool_calls, name } = message;
  const changes: Partial<Message> = {};
  if (content) {
    const after = note('/content', treat(content, terms));
    if (after !== content) changes.content = after;
  }
  if (reasoning_content) {
    const after = note('/reasoning_content', treat(reasoning_content, terms));
    if (after !== reasoning_content) changes.reasoning_content = after;
  }
  if (name) {
    const after = note('/name', treat(name, terms));
    if (after !== name) changes.name = after;
  }
  const calls = tool_calls?.map((call, i) => {
    const { arguments: json } = call.function;
    const after = note(`/tool_calls/${i}/function/arguments`, treatJson(json, terms));
    return after === json ? call : { ...call, function: { ...call.function, arguments: after } };
  });
  if (calls?.some((call, i) => call !== tool_calls![i])) changes.tool_calls = calls;
  return Object.keys(changes).length === 0 ? message : { ...message, ...changes };
};

// Rows of a dataset mostly have the same tools.
let last: { readonly json: string; readonly terms: Terms; readonly treated: Treated } | null = null;

const treatTools = (json: string, terms: Terms): Treated => {
  if (last?.json !== json || last.terms !== terms) last = { json, terms, treated: treatJson(json, terms) };
  return last.treated;
};

export const guardRow = (row: Row, terms: Terms): Guarded => {
  const found: PersonalPlace[] = [];
  const noting =
    (message: number | null): Note =>
    (below, treated) => {
      for (const type of treated.found) found.push({ type, message, below });
      return treated.text;
    };
  const messages = (list: readonly Message[], from: number): Message[] =>
    list.map((message, i) => guardMessage(message, terms, noting(from + i)));
  const guarded = (): Row => {
    if (row.kind === 'text') return { ...row, text: noting(0)('', treat(row.text, terms)) };
    const json = row.tools && JSON.stringify(row.tools);
    const tools = json === undefined ? undefined : noting(null)('/tools', treatTools(json, terms));
    const common = {
      messages: messages(row.messages, 0),
      ...(tools === undefined
        ? {}
        : { tools: tools === json ? row.tools! : (JSON.parse(tools) as NonNullable<typeof row.tools>) }),
    };
    if (row.kind !== 'preference') return { ...row, ...common };
    const n = row.messages.length;
    const chosen = messages(row.chosen, n);
    return { ...row, ...common, chosen, rejected: messages(row.rejected, n + row.chosen.length) };
  };
  const after = guarded();
  if (found.length === 0) return { row, found, rejected: false };
  const modes = new Set(found.map(({ type }) => modeOf(terms.privacy, type)));
  return { row: modes.size === 1 && modes.has('report') ? row : after, found, rejected: modes.has('reject') };
};
