/** The first row of a table. */
import { excerptOf } from '../place.ts';
import type { ProblemCode } from '../problems.ts';
import { unreadable } from '../unreadable.ts';

const MOST_COLUMNS = 256;

/** Names of the columns. Throws `code` where two have one name, and `too_many_columns`. */
export const checkHeader = (cells: readonly string[], line: number, code: ProblemCode): readonly string[] => {
  if (cells.length > MOST_COLUMNS)
    unreadable('too_many_columns', `${cells.length} columns, the most is ${MOST_COLUMNS}`, line);
  const header = cells.map((cell) => cell.trim());
  const twice = header.find((key, i) => key !== '' && header.indexOf(key) !== i);
  if (twice !== undefined) unreadable(code, `two columns are called ${excerptOf(twice)}`, line);
  return header;
};
