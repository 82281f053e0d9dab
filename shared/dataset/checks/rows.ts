/** Rows as checks over all of them count and compare them. */
import { masked } from '../privacy/mask.ts';
import type { Rows, SetFinding } from './check.ts';

/** How many rows share a number, and the first of them. */
export type Group = { readonly value: number; count: number; readonly first: number };

/** Rows by a number of theirs, in the order in which the numbers were met; null beyond `most` numbers. */
export const groupsOf = (
  open: Iterable<number>,
  value: (row: number) => number,
  most = Infinity,
): readonly Group[] | null => {
  const groups = new Map<number, Group>();
  for (const row of open) {
    const key = value(row);
    const group = groups.get(key);
    if (group) group.count += 1;
    else if (groups.size >= most) return null;
    else groups.set(key, { value: key, count: 1, first: row });
  }
  return [...groups.values()];
};

export const largest = (groups: readonly Group[]): Group | null =>
  groups.reduce<Group | null>((best, next) => (best && best.count >= next.count ? best : next), null);

export const percent = (part: number, whole: number): string => `${Math.round((100 * part) / whole)} %`;

export const placeOf = (rows: Rows, row: number): string => {
  const { file, line } = rows.at(row);
  return `line ${line} of ${file}`;
};

/** One finding about all rows, where `excerpt` is not null. */
export const aboutAll = (excerpt: string | null): readonly SetFinding[] =>
  excerpt === null ? [] : [{ row: null, excerpt }];

/** The last answer as text without what is personal in it, '' where there is none. Slow: for the few rows of a finding. */
export const answerOf = (rows: Rows, row: number): string => {
  const read = rows.read(row);
  if (!read || read.kind === 'text') return '';
  const messages = read.kind === 'preference' ? read.chosen : read.messages;
  const answer = messages.findLast(({ role }) => role === 'assistant')?.content?.trim() ?? '';
  return masked(answer);
};
