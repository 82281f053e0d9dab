/** Words after or before which something may stand. The last letters are looked up before a pattern is tried. */
import { at, DASH, isCapital, isDigit, QUOTE, SPACE } from './characters.ts';

const fold = (...codes: readonly number[]): number =>
  codes.reduce((all, code) => (all << 5) | (code & 31), 0);
const codes = (text: string): number[] => Array.from(text, (c) => c.charCodeAt(0));

const lastThree = (last: number): number =>
  ((at(last - 2) & 31) << 10) | ((at(last - 1) & 31) << 5) | (at(last) & 31);

/** `password`, `pwd`, `api_key`, `secret id`, `authorization` … */
const SECRET =
  /(?:passw(?:or)?d|passwort|passphrase|passcode|pwd|_pass|key|secret|token|credential|authorization)s?(?:[ _-]?(?:id|key|secret|value))?s?["'`]?\s{0,3}$/i;
const SECRET_ENDS = new Uint8Array(32_768);
for (const end of 'ord swd ort ase ode pwd ass key eys ret ets ken ens ial als ion lue'.split(' '))
  SECRET_ENDS[fold(...codes(end))] = 1;
for (let any = 0; any < 32; any++) SECRET_ENDS[fold(any, ...codes('id'))] = 1;

const isQuote = (code: number): boolean => code === QUOTE || code === 39 || code === 96;

/** Whether a word for a secret ends before `i`, perhaps with quotes and spaces after it. */
export const isAfterSecret = (text: string, i: number): boolean => {
  let last = i - 1;
  while (last > 1 && i - last < 5 && (at(last) === SPACE || isQuote(at(last)))) last -= 1;
  return SECRET_ENDS[lastThree(last)] === 1 && SECRET.test(text.slice(Math.max(0, i - 28), i));
};

/** `name is`, `call me`, `Name:`, `Mr.` … */
const NAME =
  /(?:name(?: is|'?s)|(?:ame|ient|ttn|son|ned|der):|call me|I'm|I am|Dear|Hi|Hello|\b(?:M[rsx]|Mrs|Dr|Prof)\.?|(?:ely|ards|ruly),?)\s"?$/;
const NAME_ENDS = new Uint8Array(32_768);
for (const end of " is|e's|mes|me:|nt:|tn:|on:|ed:|er:| me|I'm| am|ear|llo|Mrs|rof|Mr.|Ms.|Mx.|rs.|Dr.|of.|ely|rds|uly|ly,|ds,".split(
  '|',
))
  NAME_ENDS[fold(...codes(end))] = 1;
for (let any = 0; any < 32; any++)
  for (const end of ['Hi', 'Mr', 'Ms', 'Mx', 'Dr']) NAME_ENDS[fold(any, ...codes(end))] = 1;

/** Whether what stands before a capital at `i`, which is after a space or a quote, announces a name. */
export const isAfterLead = (text: string, i: number): boolean => {
  const last = at(i - 1) === QUOTE ? i - 3 : i - 2;
  return NAME_ENDS[lastThree(last)] === 1 && NAME.test(text.slice(Math.max(0, i - 11), i));
};

const isPart = (i: number): boolean => isCapital(at(i)) || isDigit(at(i));
const isGap = (i: number): boolean => at(i) === SPACE || at(i) === DASH;

/** Runs of letters and of digits around a place, not counting single spaces and dashes between them. */
const runsAt = (place: number) => {
  let start = place;
  while (place - start < 14 && (isPart(start - 1) || (isGap(start - 1) && isPart(start - 2)))) start -= 1;
  let [length, runs, digits] = [0, 0, -1];
  for (let i = start; length < 14 && (isPart(i) || (isGap(i) && isPart(i + 1))); i++) {
    if (isGap(i)) continue;
    const kind = isDigit(at(i)) ? 1 : 0;
    if (kind !== digits) runs += 1;
    digits = kind;
    length += 1;
  }
  return { length, runs };
};

/** Whether capitals and digits around a place are so many, and change so seldom, as on plates and cards; or are eleven. */
export const isPlateLike = (from: number, to: number): boolean => {
  const place = isCapital(at(from)) ? from : to;
  const { length, runs } = runsAt(place);
  return length >= 5 && (runs <= 4 || length >= 11);
};

/** Ends of what stands before a name in Chinese, and of titles after one. */
const CALLED =
  /(?:姓名|联系人|[收寄]件人|收货人|申请人|被告人?|原告|持卡人|开户人|户主|代表人|法人|负责人|经办人|患者|病人|当事人|借款人|投保人|保险人|叫|叫做|名字|名字是|本人|先生|女士|小姐|同学|老师|医生|大夫|律师|经理|师傅|阿姨|教授|主任)$/;

/** Whether such a word ends with the character at `i`. */
export const isCalled = (text: string, i: number): boolean =>
  CALLED.test(text.slice(Math.max(0, i - 3), i + 1));

/** What may stand between the number of a house and the end of the word for its street. */
export const STREET_NAME =
  "(?:[NSEW]{1,2}\\.? )?(?:(?:[A-Z][a-zA-Z'’-]{1,18}|\\d{1,3}(?:st|nd|rd|th)|of|the) ){1,4}" +
  '(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Place|Pl|Square|Sq|Terrace|Parkway|Pkwy|Highway|Hwy|Circle|Cir|Close|Crescent|Way|Row|Gardens)\\b';
const STREET = new RegExp(STREET_NAME, 'y');

export const isStreet = (text: string, i: number): boolean => {
  STREET.lastIndex = i;
  return STREET.test(text);
};
