/** What can be done to a row's messages without inventing any. */
import type { Message, Row } from '../../contracts/row.ts';

type Lists = (messages: readonly Message[]) => readonly Message[];

/** The row with every list of messages changed. A list that would be left empty stays as it is. */
export const changeTurns = (row: Row, change: Lists): Row => {
  if (row.kind === 'text') return row;
  const changed = (messages: Message[]): Message[] => {
    const next = change(messages);
    return next.length > 0 ? [...next] : messages;
  };
  const messages = changed(row.messages);
  return row.kind === 'preference'
    ? { ...row, messages, chosen: changed(row.chosen), rejected: changed(row.rejected) }
    : { ...row, messages };
};

export const isBlank = ({ content, tool_calls = [] }: Message): boolean =>
  tool_calls.length === 0 && (content ?? '').trim() === '';

const both = (a: string | null | undefined, b: string | null | undefined, between: string): string =>
  [a, b].filter((text) => text !== undefined && text !== null && text !== '').join(between);

/** One message of two that follow each other. */
export const joined = (first: Message, second: Message): Message => {
  const thoughts = both(first.reasoning_content, second.reasoning_content, '\n');
  const content = both(first.content, second.content, '\n\n');
  return {
    ...first,
    ...second,
    content: content === '' && second.tool_calls ? null : content,
    ...(thoughts === '' ? {} : { reasoning_content: thoughts }),
  };
};

export const weightOf = ({ weight = 1 }: Message): number => weight;

/** Whether the second goes on where the first, of the same role, ended. A call waits for its result instead. */
export const follows = (first: Message | undefined, second: Message): first is Message =>
  first?.role === second.role &&
  (second.role === 'user' || second.role === 'assistant') &&
  first.tool_calls === undefined;
