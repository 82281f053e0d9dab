import { charactersOf } from '../canonical.ts';
import { drops, type RowCheck } from './check.ts';

/** More than the longest context that a recipe may ask for (131,072 tokens) can hold of any script. */
export const LONGEST_ROW = 1_000_000;

export const rowTooLong: RowCheck = {
  code: 'row_too_long',
  ...drops,
  message: `A row has more than ${LONGEST_ROW.toLocaleString('en-US')} characters`,
  fix: 'Split it into rows that can stand alone',
  find({ row }) {
    const characters = charactersOf(row);
    return characters > LONGEST_ROW ? [{ message: 0, below: '', excerpt: `${characters} characters` }] : [];
  },
};
