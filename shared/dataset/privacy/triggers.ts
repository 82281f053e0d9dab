/** What a text must have somewhere for a rule to match; `look.ts` finds it. */

/** six digits among sixteen characters, and no words, times or ends of sentences between them */
export const NUMBER = 1;
/** nine such digits among 24 */
export const NINE = 262_144;
/** Chinese words for somebody who has a name, or a title */
export const CALLED = 524_288;
/** a token of sixteen characters with a digit, or of thirty */
export const LONG = 2;
/** a digit right after a capital; two after a letter, or a space or dash after a short word */
export const MIXED = 4;
/** a dot between digits */
export const DOTS = 8;
/** two colons together, or six groups of hexadecimal digits, of four at most, with colons between */
export const COLONS = 16;
/** =, : or `is` after a word for a secret */
export const ASSIGN = 32;
/** :// */
export const SLASHES = 64;
/** a province and a capital, 京A */
export const PLATE = 128;
/** two dashes with two characters between, two dots with four */
export const DASHED = 256;
/** a capital after words that announce a name */
export const NAME = 16_384;
/** a number, words with capitals and one for a street, or P.O. Box */
export const STREET = 32_768;
// From here on only whether there is any.
export const AT = 512;
export const HAN = 1024;
/** 号 and the like after a digit or a numeral */
export const HOUSE = 2048;
export const DIGIT = 4096;
/** five dashes */
export const DASHES = 8192;
/** ASSIGN anywhere */
export const KEYED = 131_072;
