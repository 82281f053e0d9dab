/** A row as the one text that its identity is made of. */
import { createHash } from 'node:crypto';
import type { Row } from '../contracts/row.ts';

/** JSON with the keys of every object in order, so that equal values are equal texts. */
const canonicalJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(',')}}`;
};

/** sha256 in hex. Rows that train the same have the same, whatever shape and container they came in. */
export const hashOf = (row: Row): string => createHash('sha256').update(canonicalJson(row)).digest('hex');

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
