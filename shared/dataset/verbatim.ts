/** Rows that wait as the line that they came in: most lines are a list of plain messages, and to write such a row anew
 *  would take longer than to read it. */
import type { Message, Row } from '../contracts/row.ts';
import { isFields } from './place.ts';
import { isPlain } from './shapes/chat.ts';

const beginsWithRole = (said: object): boolean => {
  for (const key in said) return key === 'role';
  return false;
};

const isSame = (said: unknown, { role, content }: Message): boolean =>
  isPlain(said) && said.role === role && said.content === content && beginsWithRole(said);

/** Whether `value` has the messages of the row and nothing else, with keys in the order of the row's. */
export const isVerbatim = (value: unknown, row: Row): boolean => {
  if (row.kind !== 'chat' || row.tools || !isFields(value)) return false;
  const { messages } = value;
  if (!Array.isArray(messages) || messages.length !== row.messages.length) return false;
  return Object.keys(value).length === 1 && row.messages.every((message, i) => isSame(messages[i], message));
};

/** What was written: a row, or the value of its line. */
export const rowOf = (written: Row | Pick<Row & { kind: 'chat' }, 'messages'>): Row =>
  'kind' in written ? written : { kind: 'chat', messages: written.messages };
