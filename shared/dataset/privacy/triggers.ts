/** One cheap look at a text: where kinds of characters stand together. A rule runs only where it could match. */

/** six digits among sixteen characters */
export const NUMBER = 1;
/** a token of sixteen characters with a digit, or of thirty */
export const LONG = 2;
/** a digit right after a capital; two after a letter, or a space or dash after a short word */
export const MIXED = 4;
/** a dot between digits */
export const DOTS = 8;
/** two colons with hexadecimal digits between, four at most */
export const COLONS = 16;
/** = or : */
export const ASSIGN = 32;
/** :// */
export const SLASHES = 64;
/** a province and a capital, 京A */
export const PLATE = 128;
/** two dashes with two characters between, two dots with four */
export const DASHED = 256;
/** a capital after words that announce a name */
export const NAME = 16_384;
/** a capital after a number, or in P.O. Box */
export const STREET = 32_768;
// From here on only whether there is any.
export const AT = 512;
export const HAN = 1024;
/** 号 and the like after a digit or a numeral */
export const HOUSE = 2048;
export const DIGIT = 4096;
/** five dashes */
export const DASHES = 8192;

const [OTHER, LETTER, NUMERAL, MARK, IDEOGRAPH, PROVINCE, DOOR, CAPITAL, BREAK] = [0, 1, 2, 3, 4, 5, 6, 7, 8];

export const PROVINCES = '京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼';

const CLASS = new Uint8Array(65_536);
const mark = (characters: string, kind: number): void => {
  for (const c of characters) CLASS[c.charCodeAt(0)] = kind;
};
CLASS.fill(IDEOGRAPH, 0x4e00, 0xa000);
mark('abcdefghijklmnopqrstuvwxyz_+/~%', LETTER);
mark('ABCDEFGHIJKLMNOPQRSTUVWXYZ', CAPITAL);
mark(',;$*<>|"\n', BREAK);
mark('0123456789', NUMERAL);
mark('@＠.:：=-', MARK);
mark(PROVINCES, PROVINCE);
mark('号弄巷组號', DOOR);

const [SPACE, DOT, DASH, SLASH, COLON, EQUALS, WIDE_COLON] = [32, 46, 45, 47, 58, 61, 0xff1a];
const HOUSE_NUMBER = /[\d０-９一二三四五六七八九十百院]/;

const isUpper = (code: number): boolean => code >= 65 && code <= 90;

/** What stands two characters before a capital where a name may begin: `name is X`, `call me X`, `Name: X`, `Mr. X`. */
const LEADS = new Uint8Array(128);
for (const c of "se:.'rfxmoi,") LEADS[c.charCodeAt(0)] = 1;
const LEAD =
  /(?:name(?: is|'?s)|(?:ame|ient|ttn|son|ned|der): ?"?|call me|I'm|I am|Dear|Hi|Hello|\b(?:M[rsx]|Mrs|Dr|Prof)\.?|(?:ely|ards|ruly),?)\s$/;

/** Characters around a place that belong to its window. */
const MARGIN = 64;

// One text is looked at after the other: what is learnt of it is kept in the same memory.
const spots: readonly number[][] = Array.from({ length: 16 }, () => []);
/** how many numbers of each list are this text's */
const used = new Int32Array(16);
const ring = new Int32Array(8);
const seen = { flags: 0, digits: 0, digit: -1, broken: -1, colon: -9, dash: -9, dot: -9 };

/** Notes a place: start, end, start, end … in order, none touching the next. */
const spot = (flag: number, from: number, to: number): void => {
  const index = 31 - Math.clz32(flag);
  const list = spots[index]!;
  if ((seen.flags & flag) === 0) used[index] = 0;
  seen.flags |= flag;
  const n = used[index]!;
  if (n > 0 && from <= list[n - 1]! + 2 * MARGIN) list[n - 1] = to;
  else {
    list[n] = from;
    list[n + 1] = to;
    used[index] = n + 2;
  }
};

/** `b ab 12` may be a plate; `in 12` is not. */
const SHORT =
  /(?:^|[\s-])(?:[A-Z]{1,3}|[b-hj-z]|(?!in|of|on|at|to|the|for|and|by|is|no|was|are|age|has|had|all|or|as|am|pm|day|top)[a-z]{2,3})[ -]$/;

const mixed = (text: string, i: number): void => {
  const before = text.charCodeAt(i - 1);
  const kind = CLASS[before];
  if (kind === CAPITAL) return spot(MIXED, i - 1, i);
  if (i - ring[(seen.digits + 7) & 7]! >= 8) return; // no second digit
  const at = kind === NUMERAL ? i - 2 : i - 1;
  const first = kind === NUMERAL ? text.charCodeAt(at) : before;
  if (CLASS[first] === LETTER || CLASS[first] === CAPITAL) return spot(MIXED, at, i);
  if ((first === SPACE || first === DASH) && SHORT.test(text.slice(Math.max(0, at - 4), at + 1)))
    spot(MIXED, at - 1, i);
};

const digit = (text: string, i: number): void => {
  mixed(text, i);
  ring[seen.digits & 7] = seen.digit = i;
  const fifthBefore = ring[(seen.digits + 3) & 7]!;
  if (i - fifthBefore < 16 && fifthBefore > seen.broken) spot(NUMBER, fifthBefore, i);
  seen.digits += 1;
};

const isHex = (code: number): boolean =>
  CLASS[code] === NUMERAL || (code >= 97 && code <= 102) || (code >= 65 && code <= 70);

const colon = (text: string, i: number): void => {
  let before = i - 1;
  while (before > seen.colon && i - before <= 5 && isHex(text.charCodeAt(before))) before -= 1;
  if (before === seen.colon) spot(COLONS, before, i);
  seen.colon = i;
};

const punctuation = (text: string, i: number, code: number): void => {
  if (code === DOT) {
    if (seen.digit === i - 1 && CLASS[text.charCodeAt(i + 1)] === NUMERAL) spot(DOTS, i, i);
    if (i - seen.dot === 5) spot(DASHED, i - 5, i);
    seen.dot = i;
  } else if (code === DASH) {
    if (i - seen.dash === 3) spot(DASHED, i - 3, i);
    if (i - seen.dash === 1 && text.startsWith('---', i + 1)) seen.flags |= DASHES;
    seen.dash = i;
  } else if (code === COLON || code === EQUALS || code === WIDE_COLON) {
    spot(ASSIGN, i, i);
    if (code === EQUALS) seen.broken = i;
    if (code === COLON) colon(text, i);
    if (text.charCodeAt(i + 1) === SLASH && text.charCodeAt(i + 2) === SLASH) spot(SLASHES, i, i);
  } else seen.flags |= AT;
};

const capital = (text: string, i: number): void => {
  const before = text.charCodeAt(i - 1);
  if (before !== SPACE && before !== 10 && before !== 34) return;
  const second = text.charCodeAt(i - 2);
  if (LEADS[second] === 1 && LEAD.test(text.slice(Math.max(0, i - 10), i))) spot(NAME, i, i);
  if (seen.digit >= i - 3 && seen.digit >= 0) spot(STREET, i, i);
  if (text.startsWith('Box ', i)) spot(STREET, i, i);
};

const han = (text: string, i: number, kind: number): void => {
  seen.flags |= HAN;
  if (kind === PROVINCE && isUpper(text.charCodeAt(i + 1))) spot(PLATE, i, i);
  if (kind === DOOR && HOUSE_NUMBER.test(text[i - 1] ?? '')) seen.flags |= HOUSE;
};

const longToken = (start: number, end: number): void => {
  if (seen.digit >= start || end - start >= 30) spot(LONG, start, end);
};

/** The flags of a text; `windowsOf` knows where, until the next text. */
export const lookAt = (text: string): number => {
  seen.flags = seen.digits = 0;
  seen.digit = seen.broken = -1;
  seen.colon = seen.dash = seen.dot = -9;
  ring.fill(-100);
  let token = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const kind = CLASS[code]!;
    if (kind === LETTER) continue;
    if (kind === CAPITAL) {
      capital(text, i);
      continue;
    }
    if (kind === NUMERAL) {
      digit(text, i);
      continue;
    }
    if (kind === MARK) {
      punctuation(text, i, code);
      if (code === DOT || code === DASH || code === EQUALS) continue;
    } else if (kind === BREAK) seen.broken = i;
    else if (kind !== OTHER) han(text, i, kind);
    if (i - token >= 16) longToken(token, i);
    token = i + 1;
  }
  if (text.length - token >= 16) longToken(token, text.length);
  return seen.flags | (seen.digits > 0 ? DIGIT : 0);
};

/** Flags with places, the rarest first: a rule looks at the windows of the first one that it needs. */
const PLACED = [PLATE, COLONS, DASHED, SLASHES, LONG, NUMBER, DOTS, MIXED, STREET, NAME, ASSIGN] as const;
const END = /[\s\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]/g;

/** The parts of the text last looked at in which a rule with these needs may match; null = anywhere in it. */
export const windowsOf = (text: string, needs: number): readonly (readonly [number, number])[] | null => {
  const flag = PLACED.find((each) => (needs & each) !== 0);
  if (flag === undefined) return null;
  const index = 31 - Math.clz32(flag);
  const list = spots[index]!;
  const windows: [number, number][] = [];
  for (let i = 0; i < used[index]!; i += 2) {
    const start = Math.max(0, list[i]! - MARGIN, windows.at(-1)?.[1] ?? 0);
    const end = list[i + 1]! + MARGIN;
    END.lastIndex = end;
    windows.push([start, end >= text.length ? text.length : (END.exec(text)?.index ?? text.length)]);
  }
  return windows;
};
