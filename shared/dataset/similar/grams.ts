/** Runs of 13 words (of Chinese and Japanese: characters) as hashes: a text that another contains, whatever stands around
 *  it. 13 as in https://arxiv.org/abs/2005.14165, appendix C. */
import { BETWEEN, LEAD, type Units } from './normal.ts';

const GRAM = 13;
const BASE = 0x01000193;
const LEAVING = Array.from({ length: GRAM }).reduce<number>((power) => Math.imul(power, BASE), 1);

const [GAP, WORD, ALONE, END] = [0, 1, 2, 4] as const;
const IDEOGRAPH = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/u;

/** UTF-16 unit → whether it parts words, belongs to one, is one, or ends a text. */
const CLASS = Uint8Array.from({ length: 65_536 }, (_, unit) => {
  const c = String.fromCharCode(unit);
  if (unit === BETWEEN) return END;
  if (IDEOGRAPH.test(c)) return ALONE;
  return /[\p{L}\p{N}\p{M}]/u.test(c) || (unit >= 0xd800 && unit < 0xe000) ? WORD : GAP;
});

let room = new Int32Array(4096);

/** Hashes of the words, 0 where one text ends and the next begins. The array serves the next call too. */
const tokensOf = ({ units, length }: Units): Int32Array => {
  if (room.length <= 2 * length) room = new Int32Array(4 * length);
  const found = room;
  let [n, word] = [0, 0];
  for (let i = LEAD; i < length; i++) {
    const unit = units[i]!;
    const kind = CLASS[unit]!;
    // no branch, for the end of a word is hard to foresee: a word that ends is left there, another grows
    found[n] = word;
    n += ((word | -word) >>> 31) & ~kind;
    word = (Math.imul(word, BASE) + unit) & -kind;
    if (kind < ALONE) continue;
    found[n++] = kind === ALONE ? unit : 0;
    word = 0;
  }
  if (word !== 0) found[n++] = word;
  return found.subarray(0, n);
};

/** The hash of every run of 13 words within a text, in order. The array serves the next call too. */
export const gramsOf = (units: Units): Int32Array => {
  const found = tokensOf(units);
  const hashes = room; // behind the tokens
  let n = found.length;
  let [h, run] = [0, 0];
  for (let i = 0; i < found.length; i++) {
    const token = found[i]!;
    if (token === 0) {
      h = run = 0;
      continue;
    }
    const leaving = run < GRAM ? 0 : found[i - GRAM]!;
    h = (Math.imul(h, BASE) + token - Math.imul(leaving, LEAVING)) | 0;
    run += 1;
    if (run >= GRAM) hashes[n++] = h ^ (h >>> 15);
  }
  return hashes.subarray(found.length, n);
};
