/** One walk over a text: which kinds of characters it has. Checks ask here before they search. */
import { codeAt } from '../code-at.ts';

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

type Writable<T> = { -readonly [key in keyof T]: T[key] };
export type Scan = { readonly marks: number; readonly digits: number } & Readonly<Record<Script, number>>;

/** Beside marks: what an ASCII character is. */
const [LETTER, DIGIT] = [2 ** 30, 2 ** 31];

const ASCII = new Int32Array(128);
for (let c = 0; c < 128; c++) {
  if (c >= 48 && c <= 57) ASCII[c] = DIGIT;
  if ((c >= 65 && c <= 90) || (c >= 97 && c <= 122)) ASCII[c] = LETTER;
  if ((c < 32 && c !== 9 && c !== 10 && c !== 13) || c === 127) ASCII[c] = MARK.control;
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
  ASCII[character.charCodeAt(0)] = mark;

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
const INDEX = new Uint8Array(65_536);
for (let c = 128, i = 0; c < 65_536; c++) {
  while (RANGES[i]!.to < c) i++;
  INDEX[c] = i;
}
const RANGE_MARKS = Int32Array.from(RANGES, ({ mark = 0 }) => mark);

const counts = new Int32Array(RANGES.length);
const OF_SCRIPT = SCRIPTS.map((script) => RANGES.flatMap((range, i) => (range.script === script ? [i] : [])));

/** Letters by script, those above ASCII from `counts`. */
const withCounts = (found: Writable<Scan>): Scan => {
  for (const [i, script] of SCRIPTS.entries())
    for (const range of OF_SCRIPT[i]!) found[script] += counts[range]!;
  return found;
};

export const scan = (text: string): Scan => {
  let [marks, digits, latin] = [0, 0, 0];
  let wide = false;
  const { length } = text;
  for (let i = 0; i < length; i++) {
    const c = codeAt(text, i);
    if (c < 128) {
      const is = ASCII[c]!;
      marks |= is;
      latin += (is >>> 30) & 1;
      digits += is >>> 31;
      continue;
    }
    if (!wide) {
      wide = true;
      counts.fill(0);
    }
    const range = INDEX[c]!;
    counts[range]!++;
    marks |= RANGE_MARKS[range]!;
    if (c === 0xdb40) marks |= MARK.tag;
  }
  const found = {
    marks: marks & ~(LETTER | DIGIT),
    digits,
    latin,
    han: 0,
    kana: 0,
    hangul: 0,
    cyrillic: 0,
    arabic: 0,
    other: 0,
  };
  return wide ? withCounts(found) : found;
};

export const lettersOf = ({ latin, han, kana, hangul, cyrillic, arabic, other }: Scan): number =>
  latin + han + kana + hangul + cyrillic + arabic + other;
