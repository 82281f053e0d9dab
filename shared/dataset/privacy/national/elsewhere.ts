/** Identity, tax, health and licence numbers of the Americas, Africa and Oceania. */
import { isDay, luhn, mod11, multiple, verhoeff, weighted } from '../check-digits.ts';
import type { Rule } from '../recogniser.ts';
import { MIXED, NINE, NUMBER } from '../triggers.ts';
import { numberRule, ODDS } from './odds.ts';

/** of nine digits and more */
const number = (source: string) => ({ needs: NINE, source });
const few = (source: string) => ({ needs: NUMBER, source });
const DAY = '(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\\d|3[01])'; // MMDD

/** Brazil's CPF: two digits, each mod 11 over all before it. */
const cpf = (digits: string): boolean =>
  [9, 10].every((n) => {
    const weights = Array.from({ length: n }, (_, i) => n + 1 - i);
    return ((weighted(digits.slice(0, n), weights) * 10) % 11) % 10 === Number(digits[n]);
  });

/** Chile: weights 2 … 7 from the right, the rest as a digit, 10 as K. */
const chilean = (v: string): boolean => {
  const sum = Array.from(v.slice(0, -1), Number)
    .toReversed()
    .reduce((all, digit, i) => all + digit * (2 + (i % 6)), 0);
  return '0K987654321'[sum % 11] === v.at(-1);
};

/** Argentina: weights 5, 4, 3, 2, 7 … 2. */
const argentine = mod11([5, 4, 3, 2, 7, 6, 5, 4, 3, 2], 9);

/** A doctor's number in the United States: Luhn's digit with 80840 before it. */
const npi = (v: string): boolean => luhn(`80840${v}`);

/** A prescriber's in the United States: odd places and twice the even ones. */
const dea = (v: string): boolean => weighted(v.slice(2, 8), [1, 2, 1, 2, 1, 2]) % 10 === Number(v[8]);

/** Letters without S, L, O, I, B, Z. */
const L = '[AC-HJKMNP-RT-Y]';

export const ELSEWHERE: readonly Rule[] = [
  // United States: taxpayers, Medicare, doctors
  numberRule(number('9\\d{2}([ -])(?:5\\d|6[0-5]|7\\d|8[0-8]|9[0-24-9])\\1\\d{4}'), {
    ...ODDS.form,
    confidence: 0.45,
  }),
  numberRule(number('9\\d{2}(?:5\\d|6[0-5]|7\\d|8[0-8]|9[0-24-9])\\d{4}'), { ...ODDS.shared, alone: 0.3 }),
  numberRule(number('9\\d{2}[ -]?(?:5\\d|6[0-5]|7\\d|8[0-8]|9[0-24-9])[ -]?\\d{4}'), ODDS.digits),
  numberRule(
    { needs: MIXED, source: `[1-9]${L}(?:${L}|\\d)\\d-?${L}(?:${L}|\\d)\\d-?${L}{2}\\d{2}` },
    { ...ODDS.form, confidence: 0.5 },
  ),
  numberRule(number('[12]\\d{3}[ -]?\\d{3}[ -]?\\d{3}'), { ...ODDS.tens, confidence: 0.1 }, npi),
  numberRule(few('[A-HJ-MPRSTUX][A-Z9]\\d{7}'), { ...ODDS.tens, confidence: 0.3 }, dea),
  // Canada
  numberRule(number('[1-79]\\d{2}([ -])\\d{3}\\1\\d{3}'), { ...ODDS.tens, confidence: 0.25 }, luhn),
  numberRule(number('[1-79]\\d{8}'), ODDS.tens, luhn),
  // Mexico, Brazil, Argentina, Chile
  numberRule(few(`[A-Z][AEIOUX][A-Z]{2}\\d{2}${DAY}[HMX][A-Z]{5}[A-Z\\d]\\d`), {
    ...ODDS.thousands,
    confidence: 0.9,
  }),
  numberRule(few(`[A-ZÑ&]{4}-?\\d{2}${DAY}-?[A-Z\\d]{3}`), ODDS.form, (v) =>
    isDay(/\d{6}/.exec(v)?.[0] ?? ''),
  ),
  numberRule(number('\\d{3}\\.\\d{3}\\.\\d{3}-\\d{2}'), { ...ODDS.thousands, confidence: 0.9 }, cpf),
  numberRule(number('\\d{9}-?\\d{2}'), ODDS.hundreds, cpf),
  numberRule(number('(?:2[03478]|3[034])-\\d{8}-\\d'), ODDS.hundreds, argentine),
  numberRule(number('(?:2[03478]|3[034])\\d{9}'), ODDS.tens, argentine),
  numberRule(few('\\d{1,2}\\.\\d{3}\\.\\d{3}-[\\dK]'), { ...ODDS.hundreds, confidence: 0.5 }, chilean),
  numberRule(few('\\d{7,8}-[\\dK]'), ODDS.tens, chilean),
  // South Africa, Nigeria
  numberRule(
    number(`\\d{2}${DAY}\\d{4}[012][89]\\d`),
    { ...ODDS.thousands, confidence: 0.45 },
    (v) => isDay(v.slice(0, 6)) && luhn(v),
  ),
  numberRule(number('[01239]\\d{9}'), ODDS.digits),
  numberRule(number('\\d{13}'), ODDS.digits),
  numberRule(number('\\d{11}'), ODDS.tens, verhoeff),
  // Australia: tax file, Medicare; New Zealand
  numberRule(
    number('\\d{3}[ -]?\\d{3}[ -]?\\d{3}'),
    { ...ODDS.tens, confidence: 0.15 },
    multiple(11, 1, 4, 3, 7, 5, 8, 6, 9, 10),
  ),
  numberRule(
    number('[2-6]\\d{3} ?\\d{5} ?\\d'),
    { ...ODDS.tens, confidence: 0.15 },
    (v) => weighted(v.slice(0, 8), [1, 3, 7, 9, 1, 3, 7, 9]) % 10 === Number(v[8]),
  ),
  numberRule(few('\\d{2,3}-?\\d{3}-?\\d{3}'), { ...ODDS.digits, inContext: 0.7 }, (v) =>
    mod11([3, 2, 7, 6, 5, 4, 3, 2])(v.padStart(9, '0')),
  ),
  // driving licences of many states, by the words right before them
  {
    needs: NUMBER,
    pattern:
      /(?:driv(?:er'?s?|ing)'? licen[cs]e|\bDLN?\b)\s*(?:no\.?|number|#|id)?\s*(?:is|was|[:#])?\s*((?=[A-Z]*\d)[A-Z\d]{1,3}[ -]?(?=[A-Z\d-]*\d{3})[A-Z\d-]{4,14})(?![\w-])/gi,
    confidence: 0.6,
    judge: (value) => (value.match(/\d/g)?.length ?? 0) >= 4,
  },
];
