/** Kinds of characters, as far as the look for triggers tells them apart. */
import { codes, placeCodes } from '../codes.ts';

export const PROVINCES = '京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼';

/** 0 is nothing and 1 an ideograph like most: they are passed over. */
const IDEOGRAPH = 1;
export const [CAPITAL, NUMERAL, MARK, CALL, PROVINCE, DOOR] = [2, 3, 4, 5, 6, 7] as const;

export const KIND = new Uint8Array(65_536);
const mark = (characters: string, kind: number): void => {
  for (const c of characters) KIND[c.charCodeAt(0)] = kind;
};
KIND.fill(IDEOGRAPH, 0x4e00, 0xa000);
mark('ABCDEFGHIJKLMNOPQRSTUVWXYZ', CAPITAL);
mark('0123456789', NUMERAL);
mark('@＠.:：=-_', MARK);
mark(PROVINCES, PROVINCE);
mark('号弄巷组號', DOOR);
/** ends of 姓名, 先生 and the like */
mark('名人告主者士叫做字是事生姐学师夫理傅姨授任', CALL);

/** Characters of a token: a key, a hash, a name in code. */
export const TOKEN = new Uint8Array(65_536);
for (const c of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+/~%.-=')
  TOKEN[c.charCodeAt(0)] = 1;

/** Characters that no number of somebody's has in it. */
export const BREAK = new Uint8Array(65_536).fill(1, 0x4e00, 0xa000);
for (const c of '=,;$*<>|"\n') BREAK[c.charCodeAt(0)] = 1;

export const [SPACE, LINE, QUOTE, DOT, DASH, SLASH, COLON, EQUALS, WIDE_COLON, LOW_LINE] = [
  32, 10, 34, 46, 45, 47, 58, 61, 0xff1a, 95,
] as const;

/** Of which text `at` is asked. Of an object's fields the engine remembers what they hold, of variables it does not. */
const here = { all: codes(), from: 0, length: 0 };

/** Tells `at` of which text it will be asked; says where that begins. */
export const begin = (text: string): number => {
  here.length = text.length;
  here.from = placeCodes(text);
  here.all = codes();
  return here.from;
};

/** Beyond the ends there is nothing. */
export const at = (i: number): number => (i >= 0 && i < here.length ? here.all[here.from + i]! : 0);

export const isCapital = (code: number): boolean => code >= 65 && code <= 90;
export const isDigit = (code: number): boolean => code >= 48 && code <= 57;
export const isLetter = (code: number): boolean => isCapital(code) || (code >= 97 && code <= 122);
export const isHex = (code: number): boolean =>
  isDigit(code) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70);
