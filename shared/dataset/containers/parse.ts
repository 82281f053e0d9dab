/** One piece of text → one input row. */
import { readLoosely, type Liberty } from '../loose-json.ts';
import type { ProblemCode } from '../problems.ts';
import type { InputRow } from './container.ts';
import { duplicateKey, membersOf } from './duplicate-keys.ts';
import { jsonDefect } from './json-text.ts';

const DEEPEST = 200;

/** Characters that a row may have, before anything is made of it. */
export const LONGEST_ROW = 8_000_000;

export const tooLong = (line: number, characters: number): InputRow => ({
  line,
  error: { code: 'row_too_large', pointer: '', excerpt: `${characters} characters` },
});

const LIBERTIES: Readonly<Record<Liberty, ProblemCode>> = {
  nan: 'nan_value',
  python: 'python_literal',
  quotes: 'python_literal',
  comma: 'trailing_comma',
  comment: 'json_comment',
};

/** Text that is no JSON, and what was meant where that is plain. */
const misread = (text: string, line: number, column: number): InputRow => {
  const error = jsonDefect(text, line, column);
  const loose = readLoosely(text);
  const [liberty] = loose?.liberties ?? [];
  return loose && liberty
    ? { line, error: { ...error, code: LIBERTIES[liberty] }, meant: loose.value }
    : { line, error };
};

/** Strict JSON that begins on `line` at `column`. */
export const parseRow = (text: string, line: number, column = 1): InputRow => {
  if (text.length > LONGEST_ROW) return tooLong(line, text.length);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // files with a byte order mark that were joined have one in their midst
    return text.startsWith('\ufeff') ? parseRow(text.slice(1), line, column) : misread(text, line, column);
  }
  const members = membersOf(value, DEEPEST);
  if (members === Infinity)
    return { line, error: { code: 'too_deep', pointer: '', excerpt: text.slice(0, 40) } };
  const remark = duplicateKey(text, members);
  return remark ? { line, value, remark } : { line, value };
};
