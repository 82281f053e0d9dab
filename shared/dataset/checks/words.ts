/** Which words a text has that a search could be about: one walk in place of many searches that hardly ever find. */
import { codes, placeCodes } from '../codes.ts';

/** Bits of what `wordsIn` gives. */
export const WORD = {
  declines: 1,
  unfinished: 2,
  copied: 4,
  maker: 8,
} as const;

const BEGINNINGS: Readonly<Record<keyof typeof WORD, string>> = {
  declines: 'sorr afra apol lang ai',
  unfinished: 'todo fixm tbd xxx lore',
  copied: 'turn cite copy rege oai utm',
  maker: 'chat gpt clau goog gemi bard deep qwen erni open anth meta alib mist baid moon xai kimi',
};

const BITS = 5; // of a letter
const LETTERS = 4;

/** UTF-16 unit → the number from 1 of a letter of ASCII, in either case; else 0. */
const LETTER = new Uint8Array(65_536);
for (let c = 97; c <= 122; c++) LETTER[c] = LETTER[c - 32] = c - 96;

/** The last five characters as letters; 0 is what parts words. */
const WINDOW = 2 ** (BITS * (LETTERS + 1)) - 1;
const place = (window: number): number => Math.imul(window, 0x9e3779b1) >>> 17;

/** Beginnings → bits, by a hash of the window that begins before them: others may fall on the same place, which costs a
 *  search and changes nothing. */
const TABLE = new Uint8Array(2 ** 15);
for (const [name, words] of Object.entries(BEGINNINGS) as [keyof typeof WORD, string][])
  for (const word of words.split(' ')) {
    let window = 0;
    for (const letter of `${word} `.slice(0, LETTERS))
      window = (window << BITS) | LETTER[letter.charCodeAt(0)]!;
    if (word.length >= LETTERS - 1) TABLE[place(window)]! |= WORD[name];
    else for (let next = 0; next < 2 ** BITS; next++) TABLE[place((window << BITS) | next)]! |= WORD[name];
  }

/** Bits of the word that begins with a window. A mask in place of a branch, for where words begin is hard to foresee. */
const begun = (window: number): number => TABLE[place(window)]! & (((window >>> (BITS * LETTERS)) - 1) >> 31);

/** Bits of `WORD` for which a word of the text begins so: by its first four letters of ASCII, or all where it has fewer.
 *  What is no such letter parts words. */
export const wordsIn = (text: string): number => {
  const from = placeCodes(text);
  const to = from + text.length;
  const all = codes();
  let [found, window] = [0, 0];
  for (let i = from; i < to; i++) {
    window = ((window << BITS) | LETTER[all[i]!]!) & WINDOW;
    found |= begun(window);
  }
  const last = (window << BITS) & WINDOW;
  return found | begun(last) | begun((last << BITS) & WINDOW);
};
