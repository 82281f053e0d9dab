/** A row as checks look at it: its texts, each walked over once, and its conversations. */
import type { Message, Row } from '../../contracts/row.ts';
import { lettersOf, scan, type Scan } from './scan.ts';
import { wordsIn } from './words.ts';

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
  /** bits of `WORD`, of what is learnt */
  readonly words: number;
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
  /** anything but questions that are answered in turn, after a system message or none */
  odd: 2 ** 24,
  /** an answer that may begin with the question */
  echo: 2 ** 25,
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

const textOf = (
  message: number,
  below: string,
  text: string,
  role: Text['role'],
  part: Text['part'],
  learnt: boolean,
): Text => ({
  message,
  below,
  text,
  role,
  part,
  learnt,
  scan: scan(text),
  words: learnt ? wordsIn(text) : 0,
});

const putTexts = (texts: Text[], said: Message, message: number, imitated: boolean): void => {
  const { role, content, reasoning_content, tool_calls, weight = 1 } = said;
  const learnt = imitated && role === 'assistant' && weight > 0;
  if (content !== null) texts.push(textOf(message, '/content', content, role, 'content', learnt));
  if (reasoning_content !== undefined)
    texts.push(textOf(message, '/reasoning_content', reasoning_content, role, 'reasoning', false));
  if (!tool_calls) return;
  for (const [i, { function: called }] of tool_calls.entries()) {
    const below = `/tool_calls/${i}/function`;
    texts.push(textOf(message, `${below}/name`, called.name, role, 'name', false));
    texts.push(textOf(message, `${below}/arguments`, called.arguments, role, 'arguments', false));
  }
};

const textsOf = (row: Row): readonly Text[] => {
  if (row.kind === 'text') return [textOf(0, '', row.text, 'text', 'content', true)];
  const texts: Text[] = [];
  const { messages } = row;
  const judged = messages.length - 1;
  for (const [i, message] of messages.entries())
    putTexts(texts, message, i, row.kind === 'chat' || (row.kind === 'kto' && row.label && i === judged));
  if (row.kind !== 'preference') return texts;
  let next = messages.length;
  for (const message of row.chosen) putTexts(texts, message, next++, true);
  for (const message of row.rejected) putTexts(texts, message, next++, false);
  return texts;
};

const isSpace = (c: number): boolean => c <= 32 || c === 0xa0 || c === 0x3000;

/** Whether a text begins or ends with white space. */
export const hasEdge = (text: string): boolean =>
  isSpace(text.charCodeAt(0)) || isSpace(text.charCodeAt(text.length - 1));

const inText = ({ text, scan: found }: Text): number =>
  found.marks |
  (found.han > 0 ? HAS.han : 0) |
  (text.length <= 20 ? HAS.short : 0) |
  (hasEdge(text) ? HAS.edge : 0) |
  (found.digits === 0 && lettersOf(found) === 0 ? HAS.bare : 0);

/** Whether an answer may begin with what was asked: by a few letters. */
const mayEcho = (asked: string, answer: string): boolean => {
  const [question, said] = [asked.trimStart(), answer.trimStart()];
  return said.length >= 8 && question.startsWith(said.slice(0, 8));
};

const inDialogue = ({ messages }: Dialogue): number => {
  let has = 0;
  let answers = 0;
  let before: Message | null = null;
  for (const message of messages) {
    const { role, content, tool_calls, weight } = message;
    const called = role === 'tool' || tool_calls !== undefined;
    if (called) has |= HAS.tools;
    if (called || weight !== undefined) has |= HAS.odd;
    if (content === null || content.trim() === '') has |= HAS.blank | HAS.odd;
    if (role === 'assistant') {
      if (++answers > 1) has |= HAS.answers;
      if (before?.role !== 'user') has |= HAS.odd;
      else if (content && before.content && mayEcho(before.content, content)) has |= HAS.echo;
    } else if (role === 'system') has |= before === null ? HAS.system : HAS.system | HAS.odd;
    else if (before !== null && before.role !== 'system' && before.role !== 'assistant') has |= HAS.odd;
    before = message;
  }
  return before?.role === 'assistant' ? has : has | HAS.odd;
};

export const viewOf = (row: Row): RowView => {
  const [texts, dialogues] = [textsOf(row), dialoguesOf(row)];
  let has = row.kind !== 'text' && row.tools ? HAS.tools : 0;
  for (const text of texts) has |= inText(text);
  for (const dialogue of dialogues) has |= inDialogue(dialogue);
  return { row, has, texts, dialogues };
};
