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

const LETTERS = 4;
const SIZE = 2 ** 14;

/** UTF-16 unit → the number from 1 of a letter of ASCII, in either case; else 0. */
const LETTER = new Uint8Array(65_536);
for (let c = 97; c <= 122; c++) LETTER[c] = LETTER[c - 32] = c - 96;

const place = (hash: number): number => (hash ^ (hash >>> 7)) & (SIZE - 1);

/** Beginnings → bits, by a hash: others may fall on the same place, which costs a search and changes nothing. */
const TABLE = new Uint8Array(SIZE);
for (const [name, words] of Object.entries(BEGINNINGS) as [keyof typeof WORD, string][])
  for (const word of words.split(' ')) {
    let hash = 0;
    for (const letter of word.slice(0, LETTERS)) hash = (hash << 5) | LETTER[letter.charCodeAt(0)]!;
    TABLE[place(hash)]! |= WORD[name];
  }

/** Bits of `WORD` for which a word of the text begins so: by its first four letters of ASCII, or all where it has fewer.
 *  What is no such letter parts words. */
export const wordsIn = (text: string): number => {
  const { length } = text;
  const from = placeCodes(text);
  const all = codes();
  let [found, hash, letters] = [0, 0, 0];
  for (let i = 0; i < length; i++) {
    // masks in place of branches, for the end of a word is hard to foresee
    const letter = LETTER[all[from + i]!]!;
    const inWord = -letter >> 31;
    const isEarly = (letters - LETTERS) >> 31;
    found |= TABLE[place(hash)]! & ~inWord;
    hash = inWord & ((hash & ~isEarly) | (((hash << 5) | letter) & isEarly));
    letters = inWord & (letters + 1);
  }
  return found | TABLE[place(hash)]!;
};
