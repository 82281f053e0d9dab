/** A row as checks look at it: its texts, each walked over once, and its conversations. */
import type { Message, Row } from '../../contracts/row.ts';
import { scan, type Scan } from './scan.ts';

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

export type RowView = {
  readonly row: Row;
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

export const viewOf = (row: Row): RowView => ({ row, texts: textsOf(row), dialogues: dialoguesOf(row) });
