/** A row as checks look at it: its texts, each walked over once, and its conversations. */
import type { Message, Row } from '../../contracts/row.ts';
import { lettersOf, scan, type Scan } from './scan.ts';

/** A text that a model would see, tools apart. */
export type Text = {
  /** as in `Finding` */
  readonly message: number;
  readonly below: string;
  readonly text: string;
  readonly role: Message['role'] | 'text';
  readonly part: 'content' | 'reasoning' | 'name' | 'arguments';
  /** an answer to imitate: the assistant's, of weight above 0, neither rejected nor found bad */
  readonly learnt: boolean;
  readonly scan: Scan;
};

/** A conversation as a model would see it; a pair of answers makes two. */
export type Dialogue = {
  readonly messages: readonly Message[];
  /** the last answer is one to imitate: not so the rejected one of a pair, and one that was found bad */
  readonly imitated: boolean;
};

/** What a row has, beside `MARK`: more bits of `RowView.has`. */
export const HAS = {
  /** declared tools, calls or results */
  tools: 2 ** 21,
  system: 2 ** 22,
  /** a message that says nothing */
  blank: 2 ** 23,
  weight: 2 ** 24,
  /** two messages of one role after each other */
  twice: 2 ** 25,
  /** two answers */
  answers: 2 ** 26,
  /** a text without letters and digits */
  bare: 2 ** 27,
  /** a text of at most 20 characters */
  short: 2 ** 28,
  /** a text that begins or ends with a space */
  edge: 2 ** 29,
  han: 2 ** 30,
} as const;

export type RowView = {
  readonly row: Row;
  /** bits of `MARK` and `HAS`, of all its texts and messages */
  readonly has: number;
  readonly texts: readonly Text[];
  readonly dialogues: readonly Dialogue[];
};

const dialoguesOf = (row: Row): readonly Dialogue[] => {
  if (row.kind === 'text') return [];
  const { messages } = row;
  if (row.kind !== 'preference') return [{ messages, imitated: row.kind === 'chat' || row.label }];
  return [
    { messages: [...messages, ...row.chosen], imitated: true },
    { messages: [...messages, ...row.rejected], imitated: false },
  ];
};

const textsOfMessage = (
  { role, content, reasoning_content, tool_calls, weight = 1 }: Message,
  message: number,
  imitated: boolean,
): readonly Text[] => {
  const learnt = imitated && role === 'assistant' && weight > 0;
  const part = (name: Text['part'], below: string, text: string): Text => ({
    message,
    below,
    text,
    role,
    part: name,
    learnt: learnt && name === 'content',
    scan: scan(text),
  });
  const texts: Text[] = [];
  if (content !== null) texts.push(part('content', '/content', content));
  if (reasoning_content !== undefined) texts.push(part('reasoning', '/reasoning_content', reasoning_content));
  for (const [i, { function: called }] of (tool_calls ?? []).entries()) {
    texts.push(part('name', `/tool_calls/${i}/function/name`, called.name));
    texts.push(part('arguments', `/tool_calls/${i}/function/arguments`, called.arguments));
  }
  return texts;
};

const textsOf = (row: Row): readonly Text[] => {
  if (row.kind === 'text') {
    const { text } = row;
    return [{ message: 0, below: '', text, role: 'text', part: 'content', learnt: true, scan: scan(text) }];
  }
  const { messages } = row;
  if (row.kind !== 'preference') {
    const judged = messages.length - 1;
    return messages.flatMap((message, i) =>
      textsOfMessage(message, i, row.kind === 'chat' || (row.label && i === judged)),
    );
  }
  const { chosen, rejected } = row;
  return [
    ...messages.flatMap((message, i) => textsOfMessage(message, i, false)),
    ...chosen.flatMap((message, i) => textsOfMessage(message, messages.length + i, true)),
    ...rejected.flatMap((message, i) => textsOfMessage(message, messages.length + chosen.length + i, false)),
  ];
};

const isSpace = (c: number): boolean => c <= 32 || c === 0xa0 || c === 0x3000;

const inText = ({ text, scan: found }: Text): number =>
  found.marks |
  (found.han > 0 ? HAS.han : 0) |
  (text.length <= 20 ? HAS.short : 0) |
  (isSpace(text.charCodeAt(0)) || isSpace(text.charCodeAt(text.length - 1)) ? HAS.edge : 0) |
  (found.digits === 0 && lettersOf(found) === 0 ? HAS.bare : 0);

const inDialogue = ({ messages }: Dialogue): number => {
  let has = 0;
  let answers = 0;
  let before = '';
  for (const { role, content, tool_calls, weight } of messages) {
    if (role === 'system') has |= HAS.system;
    if (role === 'tool' || tool_calls) has |= HAS.tools;
    if (role === 'assistant' && ++answers > 1) has |= HAS.answers;
    if (weight !== undefined) has |= HAS.weight;
    if (role === before) has |= HAS.twice;
    if (content === null || content.trim() === '') has |= HAS.blank;
    before = role;
  }
  return has;
};

export const viewOf = (row: Row): RowView => {
  const [texts, dialogues] = [textsOf(row), dialoguesOf(row)];
  let has = row.kind !== 'text' && row.tools ? HAS.tools : 0;
  for (const text of texts) has |= inText(text);
  for (const dialogue of dialogues) has |= inDialogue(dialogue);
  return { row, has, texts, dialogues };
};
