/** What a row is known by: hashes of all of it and of its parts, and its length. */
import type { Message, Row } from '../contracts/row.ts';
import { hash64, type Hash64 } from './hash.ts';

/** JSON with the keys of every object in order, so that equal values are equal texts. */
const canonicalJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(',')}}`;
};

const feed = (h: ReturnType<typeof hash64>, part: number, text: string | null | undefined): void => {
  if (text === null || text === undefined) return;
  h.number(part);
  h.text(text);
};

/** Each part stands behind a number of its own, so that no two different messages are fed alike. */
const hashOfMessage = (message: Message): Hash64 => {
  const h = hash64();
  feed(h, 1, message.role);
  feed(h, 2, message.content);
  feed(h, 3, message.name);
  feed(h, 4, message.reasoning_content);
  feed(h, 5, message.tool_calls && canonicalJson(message.tool_calls));
  feed(h, 6, message.tool_call_id);
  feed(h, 7, message.weight === 1 ? undefined : message.weight?.toString());
  return h.digest();
};

const hashOfTexts = (...texts: readonly string[]): Hash64 => {
  const h = hash64();
  for (const text of texts) h.text(text);
  return h.digest();
};

const together = (hashes: readonly Hash64[]): Hash64 => {
  const h = hash64();
  h.number(hashes.length);
  for (const hash of hashes) {
    h.number(hash[0]);
    h.number(hash[1]);
  }
  return h.digest();
};

export type RowHashes = {
  /** of all of it: rows that train the same have the same, whatever shape and container they came in */
  readonly identity: Hash64;
  /** of the first user message */
  readonly opening: Hash64 | null;
  /** of all that the last answer answers */
  readonly prompt: Hash64 | null;
  /** of that answer, the chosen one of a pair */
  readonly answer: Hash64 | null;
};

/** Null where there is no such thing. Each message is read once. */
export const hashesOf = (row: Row): RowHashes => {
  if (row.kind === 'text')
    return { identity: hashOfTexts(row.kind, row.text), opening: null, prompt: null, answer: null };
  const { kind, messages } = row;
  const given = messages.map(hashOfMessage);
  const [chosen, rejected] =
    kind === 'preference' ? [row.chosen.map(hashOfMessage), row.rejected.map(hashOfMessage)] : [[], []];
  const frame = hashOfTexts(
    kind === 'kto' ? `${kind} ${row.label}` : kind,
    row.tools ? canonicalJson(row.tools) : '',
  );
  const first = messages.findIndex(({ role }) => role === 'user');
  const last = messages.findLastIndex(({ role }) => role === 'assistant');
  const prompt = kind === 'preference' ? given : given.slice(0, Math.max(0, last));
  return {
    identity: together([frame, together(given), together(chosen), together(rejected)]),
    opening: given[first] ?? null,
    prompt: prompt.length > 0 ? together(prompt) : null,
    answer: (kind === 'preference' ? chosen.at(-1) : given[last]) ?? null,
  };
};

const charactersIn = (messages: readonly Message[]): number => {
  let sum = 0;
  for (const { content, reasoning_content, tool_calls } of messages) {
    sum += (content?.length ?? 0) + (reasoning_content?.length ?? 0);
    if (tool_calls)
      for (const { function: called } of tool_calls) sum += called.name.length + called.arguments.length;
  }
  return sum;
};

/** UTF-16 units of all texts of a row: contents, reasoning, calls, and tools as JSON. The prompt of a pair counts twice,
 *  since it is read with each answer. */
export const charactersOf = (row: Row): number => {
  if (row.kind === 'text') return row.text.length;
  const tools = row.tools ? JSON.stringify(row.tools).length : 0;
  const prompt = tools + charactersIn(row.messages);
  return row.kind === 'preference'
    ? prompt + charactersIn(row.chosen) + charactersIn(row.messages) + charactersIn(row.rejected)
    : prompt;
};
