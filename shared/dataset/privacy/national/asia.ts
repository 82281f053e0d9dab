/** Identity and tax numbers of Asian countries other than China. */
import { crossSums, isBirthday, isDay, luhn, verhoeff, weighted } from '../check-digits.ts';
import type { Rule } from '../recogniser.ts';
import { MIXED, NINE, NUMBER } from '../triggers.ts';
import { numberRule, ODDS } from './odds.ts';

/** of nine digits and more */
const number = (source: string) => ({ needs: NINE, source });
const few = (source: string) => ({ needs: NUMBER, source });
const DAY = '(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\\d|3[01])'; // MMDD

const aadhaar = (digits: string): boolean => verhoeff(digits) && digits !== [...digits].toReversed().join('');

/** Korea: numbers given out until 2020 have a check digit (13 − …), those of foreigners another; later ones none. */
const korean = (digits: string): boolean => {
  const rest = weighted(digits.slice(0, 12), [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11;
  const foreign = /^.{6}[5-8]/.test(digits);
  return isDay(digits.slice(0, 6)) && ((foreign ? 13 : 11) - rest) % 10 === Number(digits[12]);
};

/** Singapore: weights 2, 7, 6, 5, 4, 3, 2, a letter by mod 11 and series. */
const singaporean = (id: string): boolean => {
  const sum =
    weighted(id.slice(1, 8), [2, 7, 6, 5, 4, 3, 2]) + (/^[TG]/.test(id) ? 4 : id.startsWith('M') ? 3 : 0);
  const letters = {
    S: 'JZIHGFEDCBA',
    T: 'JZIHGFEDCBA',
    F: 'XWUTRQPNMLK',
    G: 'XWUTRQPNMLK',
    M: 'KLJNPQRTUWX',
  };
  const series = letters[id[0] as keyof typeof letters];
  return (id.startsWith('M') ? series[10 - (sum % 11)] : series[sum % 11]) === id[8];
};

/** Thailand: weights 13 … 2, the check digit is the last of 11 minus the remainder. */
const thai = (digits: string): boolean =>
  (11 - (weighted(digits, [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 0]) % 11)) % 10 === Number(digits[12]);

/** Japan, My Number: weights 6 … 2, 7 … 2. */
const japanese = (digits: string): boolean => {
  const rest = weighted(digits.slice(0, 11), [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
  return (rest < 2 ? 0 : 11 - rest) === Number(digits[11]);
};

const israeli = (digits: string): boolean => crossSums(digits, [1, 2]) % 10 === 0;

/** Iran: weights 10 … 2; the remainder, or 11 minus it. */
const iranian = (digits: string): boolean => {
  const rest = weighted(digits.slice(0, 9), [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
  return (rest < 2 ? rest : 11 - rest) === Number(digits[9]);
};

/** Kazakhstan: the century in the seventh digit, mod 11 with two rows of weights. */
const kazakh = (digits: string): boolean => {
  const century = ['18', '18', '19', '19', '20', '20'][Number(digits[6]) - 1];
  if (!isBirthday(`${century}${digits.slice(0, 6)}`)) return false;
  const first = weighted(digits.slice(0, 11), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) % 11;
  const rest = first < 10 ? first : weighted(digits.slice(0, 11), [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]) % 11;
  return rest === Number(digits[11]);
};

export const ASIA: readonly Rule[] = [
  // India: Aadhaar, PAN, voter's card
  numberRule(number('[2-9]\\d{11}'), ODDS.tens, aadhaar),
  numberRule(number('[2-9]\\d{3}([ :-])\\d{4}\\1\\d{4}'), { ...ODDS.tens, confidence: 0.45 }, aadhaar),
  numberRule({ needs: MIXED, flags: 'g', source: '[A-Z]{3}[ABCFGHLJPT][A-Z]\\d{4}[A-Z]' }, ODDS.form),
  numberRule({ needs: MIXED, flags: 'g', source: '[A-Z]{5}\\d{4}[A-Z]' }, { ...ODDS.shared, alone: 0.35 }),
  numberRule(few('[A-Z]{3}\\d{7}'), { ...ODDS.shared, alone: 0.35 }),
  // Korea: residents and foreigners, driving licence
  numberRule(number(`\\d{2}${DAY}-[1-8]\\d{6}`), ODDS.thousands, korean),
  numberRule(number(`\\d{2}${DAY}-[1-8]\\d{6}`), { ...ODDS.form, alone: 0.25 }, (v) => isDay(v.slice(0, 6))),
  numberRule(number(`\\d{2}${DAY}[1-8]\\d{6}`), { ...ODDS.hundreds, confidence: 0.4 }, korean),
  numberRule(number(`\\d{2}${DAY}[1-8]\\d{6}`), ODDS.shared, (v) => isDay(v.slice(0, 6))),
  numberRule(number('(?:1[1-9]|2[0-68])([- ])\\d{2}\\1\\d{6}\\1\\d{2}'), ODDS.form),
  // Japan
  numberRule(number('\\d{4}[ -]?\\d{4}[ -]?\\d{4}'), ODDS.tens, japanese),
  numberRule(number('\\d{4} ?\\d{4} ?\\d{4}'), ODDS.digits),
  // Singapore, Malaysia, Thailand, Indonesia, the Philippines
  numberRule(few('[STFGM]\\d{7}[A-Z]'), { ...ODDS.thousands, confidence: 0.75 }, singaporean),
  numberRule(few('[STFGM]\\d{7}[A-Z]'), ODDS.shared),
  numberRule(
    number(`\\d{2}${DAY}-(?:0[1-9]|[1-5]\\d|6[0-8]|7[124-9]|8[2-9]|9[0-35-9])-\\d{4}`),
    ODDS.form,
    (v) => isDay(v.slice(0, 6)),
  ),
  numberRule(number('[1-9](?:[134]\\d|2[0-7]|5[0-8]|[67][0-7]|[89][0-6])\\d{10}'), ODDS.tens, thai),
  numberRule(number('[1-8]-\\d{4}-\\d{5}-\\d{2}-\\d'), ODDS.hundreds, thai),
  numberRule(number('[1-9]\\d{5}(?:[04][1-9]|[1256]\\d|[37][01])(?:0[1-9]|1[0-2])\\d{6}'), {
    ...ODDS.shared,
    inContext: 0.75,
  }),
  numberRule(number('\\d{4}-\\d{7}-\\d'), ODDS.form),
  numberRule(number('\\d{3}-\\d{3}-\\d{3}(?:-\\d{3,5})?'), ODDS.shared),
  // Pakistan, Sri Lanka, the Emirates, Saudi Arabia, Israel, Iran, Kazakhstan
  numberRule(number('[1-7]\\d{4}-\\d{7}-\\d'), ODDS.form),
  numberRule(number('\\d{9}[VX]'), ODDS.shared),
  numberRule(number('784-?(?:19|20)\\d{2}-?\\d{7}-?\\d'), ODDS.thousands, luhn),
  numberRule(number('[12]\\d{9}'), { ...ODDS.digits, inContext: 0.8 }, luhn),
  numberRule(number('\\d{8}-?\\d'), { ...ODDS.digits, inContext: 0.75 }, israeli),
  numberRule(number('\\d{10}'), { ...ODDS.digits, inContext: 0.7 }, iranian),
  numberRule(number('\\d{3}-\\d{6}-\\d'), ODDS.hundreds, iranian),
  numberRule(number(`\\d{2}${DAY}[1-6]\\d{5}`), ODDS.hundreds, kazakh),
];
