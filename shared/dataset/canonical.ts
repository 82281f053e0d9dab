/** What a row is known by: hashes of all of it and of its parts, and its length. */
import type { Message, Row } from '../contracts/row.ts';
import { hash64, type Hash64 } from './hash.ts';

type Hash = ReturnType<typeof hash64>;

/** JSON with the keys of every object in order, so that equal values are equal texts. */
const canonicalJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(',')}}`;
};

/** Feeds each part behind a number of its own, so that no two different messages are fed alike. */
const addMessage = (h: Hash, message: Message): void => {
  const { role, content, name, reasoning_content, tool_calls, tool_call_id, weight } = message;
  h.text(role);
  if (content !== null) h.text(content);
  h.number(content === null ? 1 : 2);
  const texts = [
    name,
    reasoning_content,
    tool_calls && canonicalJson(tool_calls),
    tool_call_id,
    weight === 1 ? undefined : weight?.toString(),
  ];
  for (const [i, text] of texts.entries()) {
    if (text === undefined) continue;
    h.number(3 + i);
    h.text(text);
  }
};

const addMessages = (h: Hash, messages: readonly Message[]): void => {
  h.number(messages.length);
  for (const message of messages) addMessage(h, message);
};

const hashOfMessages = (messages: readonly Message[]): Hash64 => {
  const h = hash64();
  addMessages(h, messages);
  return h.digest();
};

/** Rows that train the same have the same, whatever shape and container they came in. */
export const hashOf = (row: Row): Hash64 => {
  const h = hash64();
  h.text(row.kind);
  if (row.kind === 'text') h.text(row.text);
  else {
    if (row.tools) h.text(canonicalJson(row.tools));
    addMessages(h, row.messages);
  }
  if (row.kind === 'kto') h.number(row.label ? 1 : 0);
  if (row.kind === 'preference') for (const side of [row.chosen, row.rejected]) addMessages(h, side);
  return h.digest();
};

const beforeAnswer = ({ kind, messages }: Exclude<Row, { kind: 'text' }>): readonly Message[] =>
  kind === 'preference'
    ? messages
    : messages.slice(
        0,
        messages.findLastIndex((m) => m.role === 'assistant'),
      );

/** Hashes of what a conversation opens with (the first user message), of all that its last answer answers, and of that
 *  answer (the chosen one of a pair). Null where there is no such thing. */
export const partsOf = (row: Row): Readonly<Record<'opening' | 'prompt' | 'answer', Hash64 | null>> => {
  if (row.kind === 'text') return { opening: null, prompt: null, answer: null };
  const first = row.messages.find(({ role }) => role === 'user');
  const answer = (row.kind === 'preference' ? row.chosen : row.messages).findLast(
    ({ role }) => role === 'assistant',
  );
  const prompt = answer ? beforeAnswer(row) : [];
  return {
    opening: first ? hashOfMessages([first]) : null,
    prompt: prompt.length > 0 ? hashOfMessages(prompt) : null,
    answer: answer ? hashOfMessages([answer]) : null,
  };
};

/** UTF-16 units of all texts of a row: contents, reasoning, calls, and tools as JSON. The prompt of a pair counts twice,
 *  since it is read with each answer. */
export const charactersOf = (row: Row): number => {
  if (row.kind === 'text') return row.text.length;
  const tools = row.tools ? JSON.stringify(row.tools).length : 0;
  const messages =
    row.kind === 'preference'
      ? [...row.messages, ...row.chosen, ...row.messages, ...row.rejected]
      : row.messages;
  return messages.reduce(
    (sum, { content, reasoning_content, tool_calls = [] }) =>
      sum +
      (content?.length ?? 0) +
      (reasoning_content?.length ?? 0) +
      tool_calls.reduce((n, { function: f }) => n + f.name.length + f.arguments.length, 0),
    tools,
  );
};
