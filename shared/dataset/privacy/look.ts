/** One cheap look at a text: where what the rules need is. A rule runs only where it could match. */
import { codes } from '../codes.ts';
import {
  at,
  begin,
  BREAK,
  CALL,
  CAPITAL,
  COLON,
  DASH,
  DOOR,
  DOT,
  EQUALS,
  isCapital,
  isDigit,
  isHex,
  isLetter,
  KIND,
  LINE,
  LOW_LINE,
  MARK,
  NUMERAL,
  PROVINCE,
  QUOTE,
  SLASH,
  SPACE,
  TOKEN,
  WIDE_COLON,
} from './characters.ts';
import { isAfterLead, isAfterSecret, isCalled, isPlateLike, isStreet } from './leads.ts';
import { forget, note, noted, spot } from './spots.ts';
import {
  ASSIGN,
  AT,
  CALLED,
  COLONS,
  DASHED,
  DASHES,
  DIGIT,
  DOTS,
  HAN,
  HOUSE,
  KEYED,
  LONG,
  MIXED,
  NAME,
  NINE,
  NUMBER,
  PLATE,
  SLASHES,
  STREET,
} from './triggers.ts';

const HOUSE_NUMBER = /[\d０-９一二三四五六七八九十百院]/;

/** where the last eight digits are */
const ring = new Int32Array(8).fill(-100);
let [digits, run, longest, tokenEnd] = [0, 0, 0, 0];
let [lastDigit, lastColon, chain, lastDash, lastDot] = [-9, -9, 0, -9, -9];

/** so long may a text be that is a value and nothing else */
const VALUE = 40;
/** `b ab 12` may be a plate; `in 12` is not. */
const SHORT =
  /(?:^|[\s-])(?:[A-Z]{1,3}|[b-hj-z]|(?!in|of|on|at|to|the|for|and|by|is|no|was|are|age|has|had|all|or|as|am|pm|day|top)[a-z]{2,3})[ -]$/;

const plateLike = (text: string, from: number, to: number): void => {
  if (text.length <= VALUE || isPlateLike(from, to)) spot(MIXED, from, to);
};

/** Small letters before digits and spaces count only in a text that is no longer than a value. */
const mixed = (text: string, i: number): void => {
  const before = at(i - 1);
  if (isCapital(before)) {
    const next = at(i + 1);
    const after = next === SPACE || next === DASH ? at(i + 2) : next;
    if (isCapital(after) || isDigit(after)) plateLike(text, i - 1, i);
    return;
  }
  if (i - lastDigit >= 8) return; // no second digit
  const place = isDigit(before) ? i - 2 : i - 1;
  const first = at(place);
  if (isLetter(first)) return plateLike(text, place, i);
  if (first !== SPACE && first !== DASH) return;
  if (text.length > VALUE && !isCapital(at(place - 1))) return;
  if (SHORT.test(text.slice(Math.max(0, place - 4), place + 1))) plateLike(text, place - 1, i);
};

/** No number has more between two of its digits. */
const GAP = 6;

/** Whether digits from `from` to `to` may be of one number: no words, times or ends of sentences are between them. */
const isOne = (from: number, to: number): boolean => {
  let gap = 0;
  for (let i = to - 1; i > from; i--) {
    const code = at(i);
    if (isDigit(code)) {
      gap = 0;
      continue;
    }
    gap += 1;
    if (gap >= GAP || BREAK[code] === 1) return false;
    if (code === DOT && at(i + 1) === SPACE) return false;
    if (code === COLON && isDigit(at(i - 1)) && !isDigit(at(i - 3))) return false;
  }
  return true;
};

/** Whether something is set or said to be a secret from `i` on. */
const secret = (text: string, i: number): void => {
  if (!isAfterSecret(text, i)) return;
  spot(ASSIGN, i, i);
  note(KEYED);
};

/** A token of sixteen characters with the digit at `i`, or of thirty around a mark. */
const token = (text: string, i: number, least: number): void => {
  let [start, end] = [i, i + 1];
  while (start > 0 && TOKEN[at(start - 1)] === 1) start -= 1;
  while (end < text.length && TOKEN[at(end)] === 1) end += 1;
  if (least === 16 || end - start >= least) tokenEnd = end;
  if (end - start >= least) spot(LONG, start, end);
  if (at(start - 1) === SPACE && at(start - 2) === 115 && at(start - 3) === 105) secret(text, start - 4);
};

/** What only the first two digits of several tell. */
const firstDigits = (text: string, i: number): void => {
  if (i >= tokenEnd) token(text, i, 16);
  mixed(text, i);
  if (lastDigit !== i - 2) return;
  const between = at(i - 1);
  if (between === DOT) spot(DOTS, i - 1, i - 1);
  else if (between === SPACE && isStreet(text, i)) spot(STREET, i, i); // 19 1st Avenue
};

const digit = (text: string, i: number): void => {
  if (lastDigit !== i - 1 || !isDigit(at(i - 2))) firstDigits(text, i);
  run = lastDigit === i - 1 ? run + 1 : 1;
  if (run > longest) longest = run;
  const eighthBefore = ring[digits & 7]!;
  ring[digits & 7] = lastDigit = i;
  const fifthBefore = ring[(digits + 3) & 7]!;
  digits += 1;
  if (i - fifthBefore >= 16 || !isOne(fifthBefore, i)) return;
  spot(NUMBER, fifthBefore, i);
  if (i - eighthBefore < 24 && isOne(eighthBefore, fifthBefore)) spot(NINE, eighthBefore, i);
};

const colon = (i: number): void => {
  let before = i - 1;
  while (before > lastColon && i - before <= 5 && isHex(at(before))) before -= 1;
  chain = before === lastColon ? chain + 1 : 0;
  if (before === i - 1 && chain > 0) spot(COLONS, i - 1, i);
  else if (chain >= 4) spot(COLONS, before, i);
  lastColon = i;
};

const assign = (text: string, i: number, code: number): void => {
  secret(text, i);
  if (code === COLON) colon(i);
  if (at(i + 1) === SLASH && at(i + 2) === SLASH) spot(SLASHES, i, i);
};

const punctuation = (text: string, i: number): void => {
  const code = at(i);
  if (code === DOT) {
    if (i - lastDot === 5) spot(DASHED, i - 5, i);
    lastDot = i;
    return;
  }
  if (code === COLON || code === EQUALS || code === WIDE_COLON) assign(text, i, code);
  else if (code === DASH) {
    if (i - lastDash === 3) spot(DASHED, i - 3, i);
    if (i - lastDash === 1 && text.startsWith('---', i + 1)) note(DASHES);
    lastDash = i;
  } else if (code !== LOW_LINE) note(AT);
  if (i >= tokenEnd && TOKEN[code] === 1 && TOKEN[at(i + 1)] === 1) token(text, i, 30);
};

/** Capitals behind digits, as a plate of Spain has them: `8726 DBS`, `8726DBS`. */
const afterDigits = (text: string, i: number, before: number): void => {
  if (lastDigit < i - 2 || (before !== SPACE && before !== DASH && !isDigit(before))) return;
  if (isDigit(at(lastDigit - 1)) && isCapital(at(i + 1))) plateLike(text, lastDigit, i);
};

const capital = (text: string, i: number): void => {
  const before = at(i - 1);
  afterDigits(text, i, before);
  if (before !== SPACE && before !== LINE && before !== QUOTE) return;
  if (isAfterLead(text, i)) spot(NAME, i, i);
  if (lastDigit >= i - 4 && before !== QUOTE && isStreet(text, i)) spot(STREET, i, i);
  if (at(i + 2) === 120 && text.startsWith('Box ', i)) spot(STREET, i, i);
};

const ideograph = (text: string, i: number, kind: number): void => {
  if (kind === CALL) {
    if (isCalled(text, i)) spot(CALLED, i, i);
  } else if (kind === PROVINCE) {
    if (isCapital(at(i + 1))) spot(PLATE, i, i);
  } else if (kind === DOOR && i > 0 && HOUSE_NUMBER.test(text[i - 1]!)) note(HOUSE);
};

/** How many digits stand in a row in the text last looked at, at most. */
export const longestRun = (): number => longest;

/** The flags of a text; `spots.ts` knows where, until the next text. */
export const lookAt = (text: string): number => {
  forget();
  if (digits > 0) ring.fill(-100);
  digits = longest = chain = tokenEnd = 0;
  lastDigit = lastColon = lastDash = lastDot = -9;
  let han = 0;
  const from = begin(text);
  const [all, kinds, least] = [codes(), KIND, CAPITAL]; // what is imported is looked up each time
  const { length } = text;
  for (let i = 0; ; i++) {
    let kind = 0;
    // a loop that calls nothing, for most are passed over
    for (; i < length && (kind = kinds[all[from + i]!]!) < least; i++) han |= kind;
    if (i >= length) break;
    if (kind === CAPITAL) capital(text, i);
    else if (kind === NUMERAL) digit(text, i);
    else if (kind === MARK) punctuation(text, i);
    else {
      han = 1;
      ideograph(text, i, kind);
    }
  }
  if (digits > 0) note(DIGIT);
  if (han > 0) note(HAN);
  return noted();
};
