/** Rows of every kind as chats that end with an answer. */
import type { Message, Row } from '../contracts/row.ts';
import type { ChatRow } from './chat.ts';

/** A row that has messages: all but plain text. */
export type Dialogue = Exclude<Row, { readonly kind: 'text' }>;

const weighted = (messages: readonly Message[], weight: number): Message[] =>
  messages.map((message) => (message.role === 'assistant' ? { ...message, weight } : message));

const chat = ({ tools }: Dialogue, messages: Message[]): ChatRow => ({
  kind: 'chat',
  messages,
  ...(tools && { tools }),
});

/** The prompt of a preference row with one of its answers, which alone is learnt. */
export const answeredWith = (row: Dialogue, answer: readonly Message[]): ChatRow =>
  chat(row, [...weighted(row.messages, 0), ...weighted(answer, 1)]);

/** What of a row is to be imitated. Of a pair that is the chosen answer; of a labelled row, the last. */
export const chatOf = (row: Dialogue): ChatRow => {
  switch (row.kind) {
    case 'chat':
      return row;
    case 'preference':
      return answeredWith(row, row.chosen);
    case 'kto':
      return chat(row, [...weighted(row.messages.slice(0, -1), 0), ...weighted(row.messages.slice(-1), 1)]);
  }
};

/** Where the answer begins that a model is asked for; the number of messages where there is none. */
export const answerIndex = (row: Dialogue): number => {
  if (row.kind === 'preference') return row.messages.length;
  const last = row.messages.findLastIndex(({ role }) => role === 'assistant');
  return last < 0 ? row.messages.length : last;
};
