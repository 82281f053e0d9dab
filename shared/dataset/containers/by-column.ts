/** One object that holds all rows, as pandas and datasets write tables. */
import { isFields, type Fields } from '../place.ts';

const isNumbered = (value: unknown): value is Fields =>
  isFields(value) && Object.keys(value).every((key) => /^\d+$/.test(key));

/** Cells by their column → rows. */
const turned = (columns: Fields, cells: readonly (string | number)[]): readonly Fields[] =>
  cells.map((cell) =>
    Object.fromEntries(
      Object.entries(columns).map(([name, column]) => [
        name,
        (column as Readonly<Record<string | number, unknown>>)[cell],
      ]),
    ),
  );

const hasObject = (list: readonly unknown[]): boolean => list.some(isFields);

/** The rows of `{ prompt: { "0": …, "1": … } }`, `{ "0": { prompt: … }, "1": … }` or `{ prompt: […], answer: […] }`, null
 *  where the object is none of these. Lists of objects are the messages or the tools of one row. */
export const rowsByColumn = (value: Fields): readonly Fields[] | null => {
  const all = Object.values(value);
  const [first, ...rest] = all;
  if (isNumbered(value)) return all.length > 1 && all.every(isFields) ? all : null;
  if (isNumbered(first)) {
    const cells = Object.keys(first);
    const same = rest.every((column) => isNumbered(column) && Object.keys(column).length === cells.length);
    return same && cells.length > 1 ? turned(value, cells) : null;
  }
  if (!Array.isArray(first) || first.length < 2 || rest.length === 0 || hasObject(first)) return null;
  const same = rest.every(
    (column) => Array.isArray(column) && column.length === first.length && !hasObject(column),
  );
  return same ? turned(value, [...first.keys()]) : null;
};
