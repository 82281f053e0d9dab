/** Identity, tax and health numbers of other countries: form, check digit, and the words that name them. */
import { luhn, mod97, verhoeff, weighted } from './check-digits.ts';
import { alike, ARITHMETIC, type Recogniser, type Rule } from './recogniser.ts';
import { MIXED, NUMBER } from './triggers.ts';

const plain = (value: string): string => value.replaceAll(/[^\dA-Za-z]/g, '').toUpperCase();

/** Brazil's CPF: two digits, each mod 11 over all before it. */
const cpf = (value: string): boolean => {
  const digits = plain(value);
  if (/^(\d)\1+$/.test(digits)) return false;
  return [9, 10].every((n) => {
    const rest =
      (weighted(
        digits.slice(0, n),
        Array.from({ length: n }, (_, i) => n + 1 - i),
      ) *
        10) %
      11;
    return rest % 10 === Number(digits[n]);
  });
};

/** Spain's DNI and NIE: the letter is the number mod 23. */
const spanish = (value: string): boolean => {
  const id = plain(value).replace(/^[XYZ]/, (c) => String('XYZ'.indexOf(c)));
  return 'TRWAGMYFPDXBNJZSQVHLCKE'[Number(id.slice(0, -1)) % 23] === id.at(-1);
};

/** Finland: the control character is birth date and number mod 31. */
const finnish = (value: string): boolean =>
  '0123456789ABCDEFHJKLMNPRSTUVWXY'[Number(value.slice(0, 6) + value.slice(7, 10)) % 31] ===
  value[10]!.toUpperCase();

/** Italy's codice fiscale: odd places by a table, even ones by value, mod 26. */
const ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
const italian = (value: string): boolean => {
  const code = plain(value);
  const sum = Array.from(code.slice(0, 15), (c) => (/\d/.test(c) ? Number(c) : c.charCodeAt(0) - 65));
  const total = sum.reduce((all, v, i) => all + (i % 2 === 0 ? ODD[v]! : v), 0);
  return String.fromCharCode(65 + (total % 26)) === code[15];
};

/** Turkey: tenth digit from the odd and even places, eleventh from the sum. */
const turkish = (value: string): boolean => {
  const d = Array.from(value, Number);
  const odd = d[0]! + d[2]! + d[4]! + d[6]! + d[8]!;
  const even = d[1]! + d[3]! + d[5]! + d[7]!;
  return (odd * 7 - even + 100) % 10 === d[9] && (odd + even + d[9]!) % 10 === d[10];
};

/** Mod 11 with the given weights, the remainder from 11 being the last digit. */
const mod11 =
  (weights: readonly number[]) =>
  (value: string): boolean => {
    const digits = plain(value);
    const check = (11 - (weighted(digits.slice(0, weights.length), weights) % 11)) % 11;
    return check < 10 && String(check) === digits.at(-1);
  };

/** Singapore: weights 2, 7, 6, 5, 4, 3, 2, a letter by mod 11 and series. */
const singaporean = (value: string): boolean => {
  const id = plain(value);
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
const thai = (value: string): boolean =>
  (11 - (weighted(value.slice(0, 12), [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 10 ===
  Number(value[12]);

const rule = (
  source: string,
  needs: number,
  confidence: number,
  inContext: number,
  judge?: Rule['judge'],
): Rule => ({
  needs,
  pattern: new RegExp(`(?<![\\w.-])${source}(?![\\w-])`, 'gi'),
  confidence,
  inContext,
  judge: (value, match) => !/^(\d)\1*$/.test(plain(value)) && (judge?.(value, match) ?? true),
});

const BIRTH = '(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\\d|3[01])';

const RULES: readonly Rule[] = [
  rule(
    '[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\\d{2} ?\\d{2} ?\\d{2} ?[A-D]',
    NUMBER,
    0.6,
    0.9,
    (v) => !/^(?:BG|GB|NK|KN|TN|NT|ZZ)/i.test(v),
  ),
  rule('\\d{3}[ -]?\\d{3}[ -]?\\d{4}', NUMBER, 0.1, 0.6, mod11([10, 9, 8, 7, 6, 5, 4, 3, 2])), // Britain, NHS
  rule('[2-9]\\d{11}', NUMBER, 0.25, 0.9, (v) => verhoeff(v)),
  rule('[2-9]\\d{3}([ :-])\\d{4}\\1\\d{4}', NUMBER, 0.45, 0.9, (v) => verhoeff(plain(v))), // India, Aadhaar
  rule('[A-Z]{3}[ABCFGHLJPT][A-Z]\\d{4}[A-Z]', MIXED, 0.45, 0.9), // India, PAN
  rule(`\\d{2}${BIRTH}-[1-8]\\d{6}`, NUMBER, 0.6, 0.9), // Korea
  rule(`\\d{2}${BIRTH}[1-8]\\d{6}`, NUMBER, 0.15, 0.8),
  rule('\\d{3}\\.\\d{3}\\.\\d{3}-\\d{2}', NUMBER, 0.9, 0.95, cpf),
  rule('\\d{11}', NUMBER, 0.15, 0.8, cpf),
  rule('(?:\\d{7,8}|[XYZ]\\d{7})-?[A-Z]', NUMBER, 0.45, 0.9, spanish),
  rule('[A-Z]{6}\\d{2}[A-EHLMPRST]\\d{2}[A-Z]\\d{3}[A-Z]', NUMBER, 0.9, 0.95, italian),
  rule(
    '[12]\\d{2}(?:0[1-9]|1[0-2])\\d{10}',
    NUMBER,
    0.5,
    0.9,
    (v) => 97 - mod97(v.slice(0, 13)) === Number(v.slice(13)),
  ), // France
  rule('\\d{11}', NUMBER, 0.15, 0.8, (v) => weighted(v, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0), // Poland
  rule(`(?:19|20)?\\d{2}${BIRTH}\\d{4}`, NUMBER, 0.2, 0.9, (v) => luhn(plain(v).slice(-10))),
  rule(`(?:19|20)?\\d{2}${BIRTH}[-+]\\d{4}`, NUMBER, 0.45, 0.9, (v) => luhn(plain(v).slice(-10))), // Sweden
  rule('(?:0[1-9]|[12]\\d|3[01])(?:0[1-9]|1[0-2])\\d{2}[-+A-FU-Y]\\d{3}[\\dA-Y]', NUMBER, 0.7, 0.95, finnish),
  rule('[1-9]\\d{10}', NUMBER, 0.25, 0.9, turkish),
  rule(`\\d{2}${BIRTH}\\d{4}[012][89]\\d`, NUMBER, 0.4, 0.9, luhn), // South Africa
  rule('[STFGM]\\d{7}[A-Z]', NUMBER, 0.75, 0.95, singaporean),
  rule('\\d{3}([ -]?)\\d{3}\\1\\d{3}', NUMBER, 0.15, 0.8, (v) => luhn(plain(v))), // Canada
  rule('9\\d{2}[ -]?(?:5\\d|6[0-5]|7\\d|8[0-8]|9[0-24-9])[ -]?\\d{4}', NUMBER, 0.2, 0.8), // United States, ITIN
  rule('[1-8]\\d{12}', NUMBER, 0.2, 0.8, thai),
  rule(`[A-Z]{4}\\d{2}${BIRTH}[HM][A-Z]{5}[A-Z\\d]\\d`, NUMBER, 0.9, 0.95), // Mexico
  rule('\\d{4} ?\\d{4} ?\\d{4}', NUMBER, 0, 0.55), // Japan
].map((each) => ({ ...each, within: ({ index, 0: text }) => [index, index + text.length] as const }));

export const nationalId: Recogniser = {
  type: 'national_id',
  context:
    /\bnational|\bnino\b|\bnhs\b|insurance|aadhaa?r|\bpan\b|\bcpf\b|\bdni\b|\bnif\b|\bnie\b|fiscale|\bpesel\b|personnummer|henkilötunnus|hetu|\bnric\b|\bfin\b|kimlik|\bsin\b|\btfn\b|medicare|\bitin\b|taxpayer|tax (?:id|file|number)|\bcurp\b|\bbsn\b|주민|외국인|마이ナンバー|個人番号|\bid ?(?:no|number|card)?\b|identity|identifi/i,
  against: ARITHMETIC,
  rules: RULES,
  substitute: (value, draw) => alike(RULES, value, draw),
};
