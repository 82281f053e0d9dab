/** Identity, tax, health and driving licence numbers of European countries. */
import {
  crossSums,
  icao,
  isBirthday,
  isDay,
  luhn,
  mod11,
  mod1110,
  mod97,
  multiple,
  weighted,
} from '../check-digits.ts';
import type { Rule } from '../recogniser.ts';
import { MIXED, NINE, NUMBER } from '../triggers.ts';
import { numberRule, ODDS } from './odds.ts';

/** of nine digits and more */
const number = (source: string) => ({ needs: NINE, source });
const few = (source: string) => ({ needs: NUMBER, source });
const DAY = '(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\\d|3[01])'; // MMDD
const DAY_FIRST = '(?:0[1-9]|[12]\\d|3[01])(?:0[1-9]|1[0-2])'; // DDMM

const ddmmyy = (v: string): boolean => isDay(v.slice(4, 6) + v.slice(2, 4) + v.slice(0, 2));

/** Spain's DNI and NIE: the letter is the number mod 23. */
const spanish = (id: string): boolean => {
  const digits = id.replace(/^[XYZ]/, (c) => String('XYZ'.indexOf(c))).slice(0, -1);
  return 'TRWAGMYFPDXBNJZSQVHLCKE'[Number(digits) % 23] === id.at(-1);
};

/** Finland: the control character is birth date and number mod 31. */
const finnish = (value: string): boolean =>
  '0123456789ABCDEFHJKLMNPRSTUVWXY'[Number(/^\d{6}/.exec(value)![0] + value.slice(-4, -1)) % 31] ===
    value.at(-1) && ddmmyy(value);

/** Italy's codice fiscale: odd places by a table, even ones by value, mod 26. Letters LMNPQRSTUV stand for digits where two people would have one code. */
const ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
const italian = (code: string): boolean => {
  const total = Array.from(code.slice(0, 15), (c) =>
    /\d/.test(c) ? Number(c) : c.charCodeAt(0) - 65,
  ).reduce((sum, v, i) => sum + (i % 2 === 0 ? ODD[v]! : v), 0);
  return String.fromCharCode(65 + (total % 26)) === code[15];
};
const N = '[\\dLMNP-V]';

/** Turkey: tenth digit from the odd and even places, eleventh from the sum. */
const turkish = (digits: string): boolean => {
  const d = Array.from(digits, Number);
  const odd = d[0]! + d[2]! + d[4]! + d[6]! + d[8]!;
  const even = d[1]! + d[3]! + d[5]! + d[7]!;
  return (odd * 7 - even + 100) % 10 === d[9] && (odd + even + d[9]!) % 10 === d[10];
};

/** France: 97 minus the number mod 97; Corsica's 2A and 2B count as 19 and 18. */
const french = (v: string): boolean =>
  97 - mod97(v.slice(0, 13).replace('2A', '19').replace('2B', '18')) === Number(v.slice(13));

/** Poland: the century is added to the month. */
const polish = (v: string): boolean => {
  const month = Number(v.slice(2, 4));
  const century = ['19', '20', '21', '22', '18'][Math.floor(month / 20)];
  const date = `${century}${v.slice(0, 2)}${String(month % 20).padStart(2, '0')}${v.slice(4, 6)}`;
  const [, m, d] = /^\d{4}(\d\d)(\d\d)$/.exec(date) ?? [];
  return Number(m) >= 1 && Number(m) <= 12 && Number(d) >= 1 && Number(d) <= 31 && polishSum(v);
};
const polishSum = multiple(10, 1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1);

/** Sweden: a date, whose day is 60 more in a coordination number, and Luhn's digit. */
const swedish = (v: string): boolean => {
  const digits = v.slice(-10);
  const day = Number(digits.slice(4, 6));
  const date = digits.slice(0, 4) + String(day > 60 ? day - 60 : day).padStart(2, '0');
  return isDay(date) && luhn(digits);
};
const SWEDISH_DAY = '(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\\d|3[01]|6[1-9]|[78]\\d|9[01])';

/** Germany's tax number of a person: of ten digits one comes twice or three times, mod 11,10. */
const germanTax = (v: string): boolean => {
  const counts = [...'0123456789'].map((c) => v.slice(0, 10).split(c).length - 1);
  return Math.max(...counts) <= 3 && mod1110(v);
};

const letterAsNumber = (c: string): string => String(c.charCodeAt(0) - 64).padStart(2, '0');

/** Germany's pension insurance: the letter as two digits, cross sums. */
const germanPension = (v: string): boolean => {
  const day = Number(v.slice(2, 4));
  if (day === 0 || (day > 31 && day < 51) || day > 81) return false;
  const digits = v.slice(0, 8) + letterAsNumber(v[8]!) + v.slice(9, 11);
  return crossSums(digits, [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1]) % 10 === Number(v[11]);
};

const germanHealth = (v: string): boolean =>
  crossSums(letterAsNumber(v[0]!) + v.slice(1, 9), [1, 2]) % 10 === Number(v[9]);

/** Belgium: 97 minus the number mod 97, with a 2 before it for those born since 2000. */
const belgian = (v: string): boolean =>
  ['', '2'].some((before) => 97 - (Number(before + v.slice(0, 9)) % 97) === Number(v.slice(9)));

/** Norway: two check digits. */
const norwegian = (v: string): boolean =>
  mod11([3, 7, 6, 1, 8, 9, 4, 5, 2])(v) && multiple(11, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)(v);

/** The Czech Republic and Slovakia: all ten digits a multiple of 11; a woman's month is 50 more. */
const czech = (v: string): boolean => Number(v) % 11 === 0;

const romanian = (v: string): boolean => {
  const rest = weighted(v.slice(0, 12), [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
  return (rest === 10 ? 1 : rest) === Number(v[12]);
};

/** Estonia and Lithuania: mod 11 with a second row of weights. */
const baltic = (v: string): boolean => {
  const century = ['18', '18', '19', '19', '20', '20'][Number(v[0]) - 1];
  if (!isBirthday(`${century}${v.slice(1, 7)}`)) return false;
  const first = weighted(v.slice(0, 10), [1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
  const rest = first < 10 ? first : (weighted(v.slice(0, 10), [3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11) % 10;
  return rest === Number(v[10]);
};

/** Russia, SNILS: weights 9 … 1, mod 101, mod 100. */
const snils = (v: string): boolean =>
  (weighted(v.slice(0, 9), [9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101) % 100 === Number(v.slice(9));

/** Ireland: seven digits, a letter by mod 23 with the second letter as ninth. */
const irish = (v: string): boolean => {
  const second = v.length === 9 ? v.charCodeAt(8) - 64 : 0;
  return (
    'WABCDEFGHIJKLMNOPQRSTUV'[(weighted(v.slice(0, 7), [8, 7, 6, 5, 4, 3, 2]) + 9 * second) % 23] === v[7]
  );
};

export const EUROPE: readonly Rule[] = [
  // Britain: National Insurance, NHS, driving licence
  numberRule(
    few('(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\\d{2} ?\\d{2} ?\\d{2} ?[A-D]'),
    ODDS.thousands,
  ),
  numberRule(
    number('\\d{3}[ -]?\\d{3}[ -]?\\d{4}'),
    { ...ODDS.tens, confidence: 0.1 },
    mod11([10, 9, 8, 7, 6, 5, 4, 3, 2]),
  ),
  numberRule(
    few(
      `(?!9{5})(?:[A-Z]{5}|[A-Z]{1,4}9{1,4})\\d(?:0[1-9]|1[0-2]|5[1-9]|6[0-2])(?:0[1-9]|[12]\\d|3[01])\\d[A-Z9]{2}[A-Z\\d][A-Z]{2}`,
    ),
    ODDS.thousands,
    (v) => /^[A-Z]+9*$/.test(v.slice(0, 5)),
  ),
  numberRule(few('\\d{7}[A-W][A-IW]?'), { ...ODDS.tens, confidence: 0.15 }, irish),
  // Spain, Italy, Portugal
  numberRule(few('(?:\\d{8}|[XYZ]\\d{7,8})-?[A-Z]'), { ...ODDS.hundreds, confidence: 0.45 }, spanish),
  numberRule(few('\\d{7}-?[A-Z]'), ODDS.tens, spanish),
  numberRule(
    few(`[A-Z]{6}${N}{2}[A-EHLMPRST]${N}{2}[A-Z]${N}{3}[A-Z]`),
    { ...ODDS.thousands, confidence: 0.9 },
    italian,
  ),
  numberRule(few(`[A-Z]{6}${N}{2}[A-EHLMPRST]${N}{2}[A-Z]${N}{3}[A-Z]`), ODDS.form),
  numberRule(few('C[A-Z]\\d{5}[A-Z]{2}'), { ...ODDS.shared, alone: 0.35 }),
  numberRule({ needs: MIXED, flags: 'g', source: '[A-Z]{2}\\d{5}[A-Z]{2}|\\d{7}[A-Z]{2}' }, ODDS.shared),
  numberRule(few('[A-Z]{2}\\d{7}[A-Z]'), { ...ODDS.shared, alone: 0.35 }),
  numberRule(few('U1(?=[A-Z\\d]*\\d[A-Z\\d]*\\d)[B-HJ-NPR-UWYXZ\\d]{7}[A-Z]'), ODDS.form),
  numberRule(
    number('[1235-9]\\d{8}'),
    { ...ODDS.digits, inContext: 0.75 },
    mod11([9, 8, 7, 6, 5, 4, 3, 2], 0),
  ),
  // France, Belgium, the Netherlands, Switzerland
  numberRule(
    number('[12] ?\\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\\d) ?(?:\\d{2}|2[AB]) ?\\d{3} ?\\d{3} ?\\d{2}'),
    ODDS.thousands,
    french,
  ),
  numberRule(number(`\\d{2}\\.${DAY.replace(')(', ')\\.(')}-\\d{3}\\.\\d{2}`), ODDS.thousands, belgian),
  numberRule(number(`\\d{2}${DAY}\\d{5}`), ODDS.hundreds, belgian),
  numberRule(
    number('\\d{4}\\.?\\d{2}\\.?\\d{3}'),
    { ...ODDS.digits, inContext: 0.75 },
    multiple(11, 9, 8, 7, 6, 5, 4, 3, 2, -1),
  ),
  numberRule(
    number('756\\.?\\d{4}\\.?\\d{4}\\.?\\d{2}'),
    ODDS.hundreds,
    multiple(10, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1),
  ),
  // Germany: tax, pension and health insurance, doctors, identity card, tax office, driving licence
  numberRule(number('[1-9]\\d ?\\d{3} ?\\d{3} ?\\d{3}'), { ...ODDS.tens, confidence: 0.15 }, germanTax),
  numberRule(number(`\\d{2} ?\\d{2}(?:0[1-9]|1[0-2])\\d{2} ?[A-Z] ?\\d{3}`), ODDS.thousands, germanPension),
  numberRule(number('[A-Z]\\d{9}'), ODDS.tens, germanHealth),
  numberRule(number('\\d{9}'), { ...ODDS.digits, inContext: 0.7 }, (v) =>
    multiple(10, 4, 9, 4, 9, 4, 9, 1)(v.slice(0, 7)),
  ),
  numberRule(
    few('[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ\\d]{7}\\d'),
    { ...ODDS.tens, confidence: 0.3 },
    (v) => icao(v.slice(0, 8)) === Number(v[8]),
  ),
  numberRule(few('T\\d{8}'), ODDS.shared),
  numberRule(number('\\d{3}/\\d{3}/\\d{5}'), ODDS.form),
  numberRule(number('\\d{2,3}/\\d{3,4}/\\d{4,5}'), { ...ODDS.shared, alone: 0.35 }),
  numberRule(number('(?:0[1-9]|1[0-6])\\d{11}'), { ...ODDS.digits, alone: 0.25 }),
  numberRule(few('[A-Z]{2}\\d{8}[A-Z\\d]'), { ...ODDS.shared, alone: 0.35 }),
  numberRule(few('[A-Z]\\d{8}[A-Z\\d]|[A-Z]\\d{2}[A-Z\\d]{6}\\d[A-Z\\d]'), ODDS.shared),
  // Austria, Poland, the Czech Republic, Romania, Croatia, Bulgaria, Greece
  numberRule(
    number(`[1-9]\\d{3} ?${DAY_FIRST}\\d{2}`),
    ODDS.hundreds,
    (v) => weighted(v, [3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11 === Number(v[3]),
  ),
  numberRule(number('\\d{11}'), ODDS.hundreds, polish),
  numberRule(number('\\d{2}(?:[05][1-9]|[16][0-2])(?:0[1-9]|[12]\\d|3[01])/\\d{4}'), ODDS.hundreds, czech),
  numberRule(number(`[1-9]\\d{2}${DAY}(?:0[1-9]|[1-4]\\d|5[0-2]|70)\\d{4}`), ODDS.hundreds, romanian),
  numberRule(number('\\d{11}'), { ...ODDS.digits, inContext: 0.75 }, mod1110),
  numberRule(
    number(`\\d{2}(?:[024][1-9]|[135][0-2])(?:0[1-9]|[12]\\d|3[01])\\d{4}`),
    { ...ODDS.tens, alone: 0.3 },
    (v) => (weighted(v.slice(0, 9), [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11) % 10 === Number(v[9]),
  ),
  numberRule(number(`${DAY_FIRST}\\d{7}`), ODDS.hundreds, (v) => ddmmyy(v) && luhn(v)),
  // Sweden, Norway, Denmark, Finland, Estonia, Latvia, Lithuania
  numberRule(number(`(?:18|19|20)\\d{2}${SWEDISH_DAY}[-+]?\\d{4}`), ODDS.thousands, swedish),
  numberRule(number(`\\d{2}${SWEDISH_DAY}[-+]\\d{4}`), { ...ODDS.hundreds, confidence: 0.45 }, swedish),
  numberRule(number(`\\d{2}${SWEDISH_DAY}\\d{4}`), ODDS.hundreds, swedish),
  numberRule(number(`[0-7]\\d[0-5]\\d{3} ?\\d{5}`), ODDS.hundreds, norwegian),
  numberRule(number(`${DAY_FIRST}\\d{2}-\\d{4}`), { ...ODDS.form, confidence: 0.2 }, ddmmyy),
  numberRule(
    number(`${DAY_FIRST}\\d{2}[-+A-FU-Y]\\d{3}[\\dA-Y]`),
    { ...ODDS.thousands, confidence: 0.7 },
    finnish,
  ),
  numberRule(number(`[1-6]\\d{2}${DAY}\\d{4}`), ODDS.hundreds, baltic),
  numberRule(number(`${DAY_FIRST}\\d{2}-[012]\\d{4}`), ODDS.form, ddmmyy),
  // Turkey, Russia
  numberRule(number('[1-9]\\d{10}'), { ...ODDS.hundreds, confidence: 0.4 }, turkish),
  numberRule(number('\\d{3}-\\d{3}-\\d{3}[ -]\\d{2}'), ODDS.thousands, snils),
];
