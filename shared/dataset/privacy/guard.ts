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

/** What a treated text becomes; what was found in it is noted. */
type Note = (message: number | null, below: string, treated: Treated) => string;

type Calls = Message['tool_calls'];

/** The same calls where nothing was changed. */
const guardCalls = (calls: NonNullable<Calls>, message: number, terms: Terms, note: Note): Calls => {
  const after = calls.map((call, i) => {
    const { arguments: json } = call.function;
    const treated = note(message, `/tool_calls/${i}/function/arguments`, treatJson(json, terms));
    return treated === json ? call : { ...call, function: { ...call.function, arguments: treated } };
  });
  return after.some((call, i) => call !== calls[i]) ? after : calls;
};

/** The same message where nothing was changed. */
const guardMessage = (said: Message, message: number, terms: Terms, note: Note): Message => {
  const { content, reasoning_content, tool_calls, name } = said;
  const changes: Partial<Message> = {};
  let changed = false;
  const put = <K extends keyof Message>(key: K, after: Message[K]): void => {
    if (after === said[key]) return;
    changes[key] = after;
    changed = true;
  };
  if (content) put('content', note(message, '/content', treat(content, terms)));
  if (reasoning_content)
    put('reasoning_content', note(message, '/reasoning_content', treat(reasoning_content, terms)));
  if (name) put('name', note(message, '/name', treat(name, terms)));
  if (tool_calls) put('tool_calls', guardCalls(tool_calls, message, terms, note));
  return changed ? { ...said, ...changes } : said;
};

// Rows of a dataset mostly have the same tools.
let last: { readonly json: string; readonly terms: Terms; readonly treated: Treated } | null = null;

const treatTools = (json: string, terms: Terms): Treated => {
  if (last?.json !== json || last.terms !== terms) last = { json, terms, treated: treatJson(json, terms) };
  return last.treated;
};

export const guardRow = (row: Row, terms: Terms): Guarded => {
  const found: PersonalPlace[] = [];
  const note: Note = (message, below, treated) => {
    for (const type of treated.found) found.push({ type, message, below });
    return treated.text;
  };
  const messages = (list: readonly Message[], from: number): Message[] =>
    list.map((message, i) => guardMessage(message, from + i, terms, note));
  const guarded = (): Row => {
    if (row.kind === 'text') return { ...row, text: note(0, '', treat(row.text, terms)) };
    const json = row.tools && JSON.stringify(row.tools);
    const tools = json === undefined ? undefined : note(null, '/tools', treatTools(json, terms));
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
