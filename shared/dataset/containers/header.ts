/** The first row of a table. */
import { excerptOf } from '../place.ts';
import type { ProblemCode } from '../problems.ts';
import { unreadable } from '../unreadable.ts';

const MOST_COLUMNS = 256;

/** The way out where the header has one cell and rows have more: it is none, but a title. */
export const titled = (header: readonly string[]): { readonly fix?: string } =>
  header.length > 1
    ? {}
    : { fix: 'The first row names the columns: remove the title that stands above it, or name every column' };

/** Names of the columns. Throws `code` where two have one name, and `too_many_columns`. */
export const checkHeader = (cells: readonly string[], line: number, code: ProblemCode): readonly string[] => {
  if (cells.length > MOST_COLUMNS)
    unreadable('too_many_columns', `${cells.length} columns, the most is ${MOST_COLUMNS}`, line);
  const header = cells.map((cell) => cell.trim());
  const twice = header.find((key, i) => key !== '' && header.indexOf(key) !== i);
  if (twice !== undefined) unreadable(code, `two columns are called ${excerptOf(twice)}`, line);
  return header;
};

/** A column without a name and without a cell is the comma at a line's end. */
export const valueOf = (header: readonly string[], cells: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    header.map((key, i) => [key, cells[i]!] as const).filter(([key, cell]) => key !== '' || cell !== ''),
  );
