/** Runs of 13 words (of Chinese and Japanese: characters) as hashes: a text that another contains, whatever stands around
 *  it. 13 as in https://arxiv.org/abs/2005.14165, appendix C. */
import { folded, PLAIN } from './normal.ts';

const GRAM = 13;
const BASE = 0x01000193;
const LEAVING = Array.from({ length: GRAM }).reduce<number>((power) => Math.imul(power, BASE), 1);

const [GAP, WORD, ALONE] = [0, 1, 2] as const;
const IDEOGRAPH = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/u;

/** UTF-16 unit → whether it parts words, belongs to one, or is one. */
const CLASS = Uint8Array.from({ length: 65_536 }, (_, unit) => {
  const c = String.fromCharCode(unit);
  if (IDEOGRAPH.test(c)) return ALONE;
  return /[\p{L}\p{N}\p{M}]/u.test(c) || (unit >= 0xd800 && unit < 0xe000) ? WORD : GAP;
});

let room = new Int32Array(4096);

/** Hashes of the words of a text. The array serves the next call too. */
const tokens = (text: string): Int32Array => {
  const plain = folded(text);
  if (room.length <= plain.length) room = new Int32Array(2 * plain.length);
  const found = room;
  let [n, word] = [0, 0];
  for (let i = 0; i < plain.length; i++) {
    const unit = PLAIN[plain.charCodeAt(i)]!;
    const kind = CLASS[unit]!;
    if (kind === WORD) {
      word = (Math.imul(word, BASE) + unit) | 0;
      continue;
    }
    if (word !== 0) found[n++] = word;
    if (kind === ALONE) found[n++] = unit;
    word = 0;
  }
  if (word !== 0) found[n++] = word;
  return found.subarray(0, n);
};

/** The hash of every run of 13 tokens of a text, in order. */
export const grams = (text: string): Int32Array => {
  const found = tokens(text);
  const hashes = new Int32Array(Math.max(0, found.length - GRAM + 1));
  let h = 0;
  for (let i = 0; i < found.length; i++) {
    const leaving = i < GRAM ? 0 : found[i - GRAM]!;
    h = (Math.imul(h, BASE) + found[i]! - Math.imul(leaving, LEAVING)) | 0;
    if (i >= GRAM - 1) hashes[i - GRAM + 1] = h ^ (h >>> 15);
  }
  return hashes;
};
