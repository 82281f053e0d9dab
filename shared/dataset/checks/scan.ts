/** One walk over a text: which kinds of characters it has. Checks ask here before they search. */
import { codes, keepCodes } from '../codes.ts';

/** Bits of `Scan.marks`. */
export const MARK = {
  control: 1,
  carriage: 2,
  angle: 4,
  brace: 8,
  bracket: 16,
  ampersand: 32,
  backslash: 64,
  backtick: 128,
  newline: 256,
  combining: 512,
  /** zero-width characters and the soft hyphen */
  invisible: 1024,
  bidi: 2048,
  surrogate: 4096,
  /** U+FFFD, what a decoder writes for bytes that it cannot read */
  replacement: 8192,
  /** U+00C2 to U+00F4: what the first byte of a UTF-8 character looks like in Latin-1 */
  lead: 16_384,
  /** first halves of tag characters and variation selectors above U+FFFF */
  tag: 32_768,
  /** a script written from right to left */
  rightToLeft: 65_536,
  /** a script that parts words by zero-width spaces: Thai to Myanmar, Khmer */
  unspaced: 131_072,
  colon: 262_144,
  question: 524_288,
  hash: 1_048_576,
} as const;

export const SCRIPTS = ['latin', 'han', 'kana', 'hangul', 'cyrillic', 'arabic', 'other'] as const;
export type Script = (typeof SCRIPTS)[number];

export type Scan = { readonly marks: number; readonly digits: number } & Readonly<Record<Script, number>>;

/** Above ASCII, by the first row whose `to` is not below the character. */
type Range = { readonly to: number; readonly script?: Script; readonly mark?: number };
const RANGES: readonly Range[] = [
  { to: 0x9f, mark: MARK.control },
  { to: 0xa0 },
  { to: 0xac },
  { to: 0xad, mark: MARK.invisible },
  { to: 0xbf },
  { to: 0xc1, script: 'latin' },
  { to: 0xf4, script: 'latin', mark: MARK.lead },
  { to: 0x24f, script: 'latin' },
  { to: 0x2ff, script: 'other' },
  { to: 0x36f, mark: MARK.combining },
  { to: 0x3ff, script: 'other' },
  { to: 0x52f, script: 'cyrillic' },
  { to: 0x58f, script: 'other' },
  { to: 0x5ff, script: 'other', mark: MARK.rightToLeft },
  { to: 0x7bf, script: 'arabic', mark: MARK.rightToLeft },
  { to: 0xdff, script: 'other' },
  { to: 0x109f, script: 'other', mark: MARK.unspaced },
  { to: 0x177f, script: 'other' },
  { to: 0x17ff, script: 'other', mark: MARK.unspaced },
  { to: 0x1dff, script: 'other' },
  { to: 0x1eff, script: 'latin' },
  { to: 0x1fff, script: 'other' },
  { to: 0x200a },
  { to: 0x200d, mark: MARK.invisible },
  { to: 0x200f, mark: MARK.bidi },
  { to: 0x2027 },
  { to: 0x2029, mark: MARK.control },
  { to: 0x202e, mark: MARK.bidi },
  { to: 0x205f },
  { to: 0x2064, mark: MARK.invisible },
  { to: 0x2069, mark: MARK.bidi },
  { to: 0x2fff },
  { to: 0x3000 },
  { to: 0x3040 },
  { to: 0x30ff, script: 'kana' },
  { to: 0x33ff },
  { to: 0x9fff, script: 'han' },
  { to: 0xabff },
  { to: 0xd7a3, script: 'hangul' },
  { to: 0xd7ff },
  { to: 0xdfff, mark: MARK.surrogate },
  { to: 0xf8ff },
  { to: 0xfaff, script: 'han' },
  { to: 0xfefe },
  { to: 0xfeff, mark: MARK.invisible },
  { to: 0xff20 },
  { to: 0xff5a, script: 'latin' },
  { to: 0xfffc },
  { to: 0xfffd, mark: MARK.replacement },
  { to: 0xffff },
];

/** Beside marks: what a character is. */
const [WIDE, LETTER, DIGIT] = [2 ** 29, 2 ** 30, 2 ** 31];

/** UTF-16 unit → its marks and what it is. */
const KIND = new Int32Array(65_536);
for (let c = 0; c < 128; c++) {
  if (c >= 48 && c <= 57) KIND[c] = DIGIT;
  if ((c >= 65 && c <= 90) || (c >= 97 && c <= 122)) KIND[c] = LETTER;
  if ((c < 32 && c !== 9 && c !== 10 && c !== 13) || c === 127) KIND[c] = MARK.control;
}
for (const [character, mark] of [
  ['\r', MARK.carriage],
  ['\n', MARK.newline],
  ['<', MARK.angle],
  ['{', MARK.brace],
  ['[', MARK.bracket],
  ['&', MARK.ampersand],
  ['\\', MARK.backslash],
  ['`', MARK.backtick],
  [':', MARK.colon],
  ['?', MARK.question],
  ['#', MARK.hash],
] as const)
  KIND[character.charCodeAt(0)] = mark;

/** UTF-16 unit → the number of its range; of ASCII the one behind the last. */
const RANGE = new Uint8Array(65_536).fill(RANGES.length);
for (let c = 128, i = 0; c < 65_536; c++) {
  while (RANGES[i]!.to < c) i++;
  RANGE[c] = i;
  KIND[c] = WIDE | (RANGES[i]!.mark ?? 0);
}
KIND[0xdb40]! |= MARK.tag;

const counts = new Int32Array(RANGES.length + 1);
const OF_SCRIPT = SCRIPTS.map((script) => RANGES.flatMap((range, i) => (range.script === script ? [i] : [])));

/** Letters of a script above ASCII, from `counts`. */
const counted = (script: number): number => {
  let n = 0;
  for (const range of OF_SCRIPT[script]!) n += counts[range]!;
  return n;
};

export const scan = (text: string): Scan => {
  const from = keepCodes(text);
  const to = from + text.length;
  const all = codes();
  let [marks, digits, latin] = [0, 0, 0];
  for (let i = from; i < to; i++) {
    const is = KIND[all[i]!]!;
    marks |= is;
    latin = (latin + ((is >>> 30) & 1)) | 0;
    digits = (digits + (is >>> 31)) | 0;
  }
  const own = marks & ~(WIDE | LETTER | DIGIT);
  if ((marks & WIDE) === 0)
    return { marks: own, digits, latin, han: 0, kana: 0, hangul: 0, cyrillic: 0, arabic: 0, other: 0 };
  counts.fill(0);
  for (let i = from; i < to; i++) counts[RANGE[all[i]!]!]!++;
  return {
    marks: own,
    digits,
    latin: latin + counted(0),
    han: counted(1),
    kana: counted(2),
    hangul: counted(3),
    cyrillic: counted(4),
    arabic: counted(5),
    other: counted(6),
  };
};

/** Adds the letters of a text, by script. */
export const addLetters = (sums: Float64Array, found: Scan): void => {
  sums[0]! += found.latin;
  sums[1]! += found.han;
  sums[2]! += found.kana;
  sums[3]! += found.hangul;
  sums[4]! += found.cyrillic;
  sums[5]! += found.arabic;
  sums[6]! += found.other;
};

export const lettersOf = ({ latin, han, kana, hangul, cyrillic, arabic, other }: Scan): number =>
  latin + han + kana + hangul + cyrillic + arabic + other;
