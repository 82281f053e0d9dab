import { codes, placeCodes } from '../codes.ts';
import { excerptOf } from '../place.ts';
import { inTexts, warns, type RowCheck } from './check.ts';
import { MARK } from './scan.ts';

const TAIL = 900;
const SHORTEST = 120; // of what repeats in all
const TIMES = 4;
const LINES = 6;
const TELLING = 16; // characters that stand twice in an end that repeats

/** The shortest unit that the end of a text repeats at least four times, null where it does not: a border of the reversed
 *  end is a period of it (Knuth, Morris, Pratt). */
const repeatedEnd = (text: string): string | null => {
  const end = text.slice(-TAIL);
  if (end.indexOf(end.slice(-TELLING)) === end.length - TELLING) return null;
  const from = placeCodes(end);
  const all = codes();
  const n = end.length;
  const last = from + n - 1;
  const border = new Int32Array(n);
  for (let i = 1, k = 0; i < n; i++) {
    const c = all[last - i]!;
    while (k > 0 && c !== all[last - k]!) k = border[k - 1]!;
    if (c === all[last - k]!) k++;
    border[i] = k;
    const period = i + 1 - k;
    if (i + 1 >= SHORTEST && i + 1 >= TIMES * period) return text.slice(text.length - period);
  }
  return null;
};

/** A line of words that the answer says again and again. */
const repeatedLine = (text: string): string | null => {
  const seen = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line.length < 25 || !isWords(line)) continue;
    const times = (seen.get(line) ?? 0) + 1;
    if (times >= LINES) return line;
    seen.set(line, times);
  }
  return null;
};

/** Rules of tables, rows of numbers and laughter are no sentences. */
const isWords = (unit: string): boolean =>
  (unit.match(/(?<![^\s\p{P}])\p{L}{2,}(?=\s)/gu) ?? []).length >= 3 ||
  (unit.match(/\p{Script=Han}/gu) ?? []).length >= 5;

export const repeatedText: RowCheck = {
  code: 'repeated_text',
  ...warns,
  message: 'An answer says the same again and again, as a model does that has run into a loop',
  fix: 'Cut the repetition, or remove the row',
  find: (view) =>
    inTexts(view, ({ text, scan, learnt, role }) => {
      if (!learnt || role === 'text' || text.length < SHORTEST) return null;
      const unit = repeatedEnd(text.trimEnd());
      if (unit !== null && isWords(unit + unit)) return excerptOf(unit.trim());
      const line = scan.marks & MARK.newline ? repeatedLine(text) : null;
      return line === null ? null : excerptOf(line);
    }),
};
