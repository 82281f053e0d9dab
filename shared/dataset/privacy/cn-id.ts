/** Identity numbers of mainland China (GB 11643), Hong Kong, Macau and Taiwan. */
import { gb11643, isBirthday, weighted } from './check-digits.ts';
import { type Recogniser, withDigits } from './recogniser.ts';
import { NINE, NUMBER } from './triggers.ts';

/** first two digits: province of registration, https://zh.wikipedia.org/wiki/GB/T_2260 */
const REGIONS = new Set(
  '11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83 91'.split(
    ' ',
  ),
);

const mainland = (value: string): boolean => {
  const id = value.replaceAll(/[\s-]/g, '');
  return REGIONS.has(id.slice(0, 2)) && isBirthday(id.slice(6, 14));
};

const checked = (value: string): boolean => {
  const id = value.replaceAll(/[\s-]/g, '').toUpperCase();
  return mainland(value) && gb11643(id.slice(0, 17)) === id[17];
};

const EIGHTEEN = /(?<![\dA-Za-z_.-])[1-9]\d{5}[ -]?(?:18|19|20)\d{6}[ -]?\d{3}[\dXx](?![\dA-Za-z_])/g;

const first = (value: string): boolean | number =>
  REGIONS.has(value.slice(0, 2)) && isBirthday(`19${value.slice(6, 12)}`);

/** One or two letters (absent = 36), six digits, check digit: mod 11 with weights 9 … 2, 1. */
const hongKong = (value: string): boolean => {
  const id = value.toUpperCase().replaceAll(/[()（）]/g, '');
  const letters = id.slice(0, -7).padStart(2, ' ');
  const values = [...letters, ...id.slice(-7)].map((c) => (c === ' ' ? 36 : Number.parseInt(c, 36)));
  return values.reduce((sum, v, i) => sum + v * (9 - i), 0) % 11 === 0;
};

const TAIWAN = 'ABCDEFGHJKLMNPQRSTUVXYWZIO'; // letters in the order of their codes, 10 …

const taiwan = (value: string): boolean => {
  const code = 10 + TAIWAN.indexOf(value[0]!.toUpperCase());
  return weighted(`${code}${value.slice(1)}`, [1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1]) % 10 === 0;
};

const two = (n: number): string => String(n).padStart(2, '0');

export const cnId: Recogniser = {
  type: 'cn_id',
  context:
    /身份证|身份號|身份号|证件号|證件|身分證|身分证|公民身份|户口|ID ?card|identity|id ?(?:no|number|num)\b|HKID/i,
  rules: [
    { needs: NINE, pattern: EIGHTEEN, confidence: 0.98, judge: checked },
    // the check digit alone is wrong: mistyped, or made up
    { needs: NINE, pattern: EIGHTEEN, confidence: 0.35, inContext: 0.6, judge: mainland },
    {
      needs: NINE,
      pattern: /(?<![\dA-Za-z_.-])[1-9]\d{7}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?![\dA-Za-z_])/g,
      confidence: 0.25,
      inContext: 0.8,
      alone: 0.45,
      judge: first,
    },
    {
      needs: NUMBER,
      pattern: /(?<![\dA-Za-z_])[A-Za-z]{1,2}\d{6}[(（][\dAa][)）]/g,
      confidence: 0.9,
      judge: (value) => hongKong(value) || 0.35,
    },
    {
      needs: NUMBER,
      pattern: /(?<![\dA-Za-z_])[A-Za-z]{1,2}\d{6}[\dAa](?![\dA-Za-z_])/g,
      confidence: 0.2,
      inContext: 0.8,
      alone: 0.45,
      judge: hongKong,
    },
    { needs: NUMBER, pattern: /(?<![\dA-Za-z_])[157]\d{6}[(（]\d[)）]/g, confidence: 0.55, inContext: 0.9 },
    {
      needs: NINE,
      pattern: /(?<![\dA-Za-z_])[A-Za-z][1289]\d{8}(?![\dA-Za-z_])/g,
      confidence: 0.55,
      inContext: 0.95,
      judge: taiwan,
    },
  ],
  substitute(value, draw) {
    if (/^[A-Za-z]/.test(value) || /[(（]/.test(value)) return otherRegions(value, draw.digits(8));
    const region = `${draw.pick([...REGIONS].slice(0, 31))}${two(1 + draw.below(20))}${two(1 + draw.below(30))}`;
    const birth = `${1940 + draw.below(66)}${two(1 + draw.below(12))}${two(1 + draw.below(28))}`;
    const order = draw.digits(3);
    if (value.length === 15) return `${region}${birth.slice(2)}${order}`;
    const id = `${region}${birth}${order}`;
    return withDigits(value.slice(0, -1), id) + gb11643(id);
  },
};

/** With the letters and the form of the value; the last digit is the one that fits. */
const otherRegions = (value: string, digits: string): string => {
  const draft = /^[A-Za-z]\d{9}$/.test(value) ? value.slice(0, 2) + digits : withDigits(value, digits);
  const last = draft.search(/[\dAa][)）]?$/);
  const fits = /^[A-Za-z]\d{9}$/.test(value) ? taiwan : /^[A-Za-z]/.test(value) ? hongKong : () => true;
  const options = [...'0123456789A'].map((c) => draft.slice(0, last) + c + draft.slice(last + 1));
  return options.find(fits) ?? draft;
};
