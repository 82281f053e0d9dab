/** One input row → the row to write, or why there is none. */
import type { Recipe } from '../../contracts/recipe.ts';
import type { InputRow } from '../containers/container.ts';
import { examine, type Examined, type Fault } from '../examine.ts';
import { isFields } from '../place.ts';
import { meantRole } from '../shapes/role-names.ts';
import { mendRow } from './mend-row.ts';
import { at, withAt } from './pointer.ts';
import { writeRow } from './write-row.ts';

export type Mended = {
  readonly changes: readonly Fault[];
  /** the row as it is to be written; null where nothing could be read */
  readonly value: unknown;
  /** that row, examined; null with the value */
  readonly examined: Examined | null;
  /** why there is nothing, or nothing to train on */
  readonly faults: readonly Fault[];
};

const MOST_ROUNDS = 20;

/** What stands in place of a value that another type or name was due for. */
const FORM: Readonly<Record<string, (value: unknown) => unknown>> = {
  role_alias: meantRole,
  number_as_text: String,
};

/** Names and types put right, until nothing of the kind is left. */
const mendForm = (input: unknown, data: Recipe['data']): { value: unknown; changes: readonly Fault[] } => {
  const changes: Fault[] = [];
  let value = input;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const found = examine(value, data).faults.filter(({ code }) => Object.hasOwn(FORM, code));
    if (found.length === 0) break;
    changes.push(...found);
    for (const { code, pointer } of found) value = withAt(value, pointer, FORM[code]!(at(value, pointer)));
  }
  return { value, changes };
};

const mendContent = (input: unknown, data: Recipe['data']): { value: unknown; changes: readonly Fault[] } => {
  const before = examine(input, data);
  const { row, place } = before;
  if (!row || !isFields(input)) return { value: input, changes: [] };
  const mended = mendRow(row);
  if (mended.changes.length === 0) return { value: input, changes: [] };
  const value = writeRow(input, { ...before, row }, mended.row, data);
  if (!value) return { value: input, changes: [] };
  const changes = mended.changes.map(({ code, message, below, excerpt }) => ({
    code,
    pointer: place(message, below),
    excerpt,
  }));
  return { value, changes };
};

export const mendInput = (input: InputRow, recipe: Recipe['data']): Mended => {
  if ('error' in input && !Object.hasOwn(input, 'meant'))
    return { changes: [], value: null, examined: null, faults: [input.error] };
  const { system: _, ...data } = recipe; // a system message that the recipe adds is not the file's
  const said = 'error' in input ? input.error : input.remark;
  const form = mendForm('error' in input ? input.meant : input.value, data);
  const content = mendContent(form.value, data);
  const examined = examine(content.value, data);
  return {
    changes: [...(said ? [said] : []), ...form.changes, ...content.changes],
    value: content.value,
    examined,
    faults: examined.faults.filter(({ code }) => code === examined.reason),
  };
};
