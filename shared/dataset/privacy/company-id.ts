/** Registration and tax numbers of firms: public, yet a one-man firm's says who he is. */
import { luhn, mod97, mod1110, multiple, weighted } from './check-digits.ts';
import { numberRule, ODDS } from './national/odds.ts';
import { alike, NOBODYS, type Recogniser, UNIT } from './recogniser.ts';
import { DIGIT, MIXED, NINE, NUMBER } from './triggers.ts';

/** A person's number of the same form is likelier. */
const LIKE_OTHERS = { ...ODDS.tens, confidence: 0.1, alone: 0.3 };

/** of nine digits and more */
const number = (source: string) => ({ needs: NINE, source });
const few = (source: string) => ({ needs: NUMBER, source });

/** China's unified social credit code, GB 32100: weights 3ⁱ mod 31 over 31 characters. */
const CREDIT = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const creditCode = (v: string): boolean => {
  let [sum, weight] = [0, 1];
  for (const c of v.slice(0, 17)) {
    sum += CREDIT.indexOf(c) * weight;
    weight = (3 * weight) % 31;
  }
  return CREDIT[(31 - (sum % 31)) % 31] === v[17];
};

/** China's organisation code, GB 11714, which the credit code has in it: weights 3, 7, 9, 10, 5, 8, 4, 2. */
const organisation = (v: string): boolean => {
  const sum = [3, 7, 9, 10, 5, 8, 4, 2].reduce((all, w, i) => all + w * Number.parseInt(v[i]!, 36), 0);
  return '0X987654321'[sum % 11] === v[8];
};

/** India's tax number of a firm: factors 1 and 2 over 36 characters. */
const gstin = (v: string): boolean => {
  const sum = Array.from(v.slice(0, 14), (c) => Number.parseInt(c, 36)).reduce((all, value, i) => {
    const product = value * (1 + (i % 2));
    return all + Math.floor(product / 36) + (product % 36);
  }, 0);
  return ((36 - (sum % 36)) % 36).toString(36).toUpperCase() === v[14];
};

const australian = (v: string): boolean =>
  (weighted(v, [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) - 10) % 89 === 0;

const korean = (v: string): boolean => {
  const last = Number(v[8]) * 5;
  const sum = weighted(v.slice(0, 8), [1, 3, 7, 1, 3, 7, 1, 3]) + last + Math.floor(last / 10);
  return (10 - (sum % 10)) % 10 === Number(v[9]);
};

const cnpj = (v: string): boolean =>
  [12, 13].every((n) => {
    const sum = Array.from(v.slice(0, n), Number).reduce(
      (all, digit, i) => all + digit * (2 + ((n - 1 - i) % 8)),
      0,
    );
    return (sum % 11 < 2 ? 0 : 11 - (sum % 11)) === Number(v[n]);
  });

const singaporean = (v: string): boolean =>
  v.length === 9
    ? 'XMKECAWLJDB'[weighted(v.slice(0, 8), [10, 4, 9, 3, 8, 2, 7, 1]) % 11] === v[8]
    : 'ZKCMDNERGWH'[weighted(v.slice(0, 9), [10, 8, 6, 4, 9, 7, 5, 3, 1]) % 11] === v[9];

/** Italy's tax number: seven digits of the firm, three of the office (provinces 001 to 100 and four of the state's own), Luhn's. */
const italian = (v: string): boolean => /^(?!0{7}).{7}(?:0(?!00)..|100|12[01]|888|999)/.test(v) && luhn(v);

const RULES = [
  numberRule(
    few('[1-9A-HJ-NP-RTUWXY][1-9]\\d{6}[\\dA-HJ-NP-RTUWXY]{10}'),
    { ...ODDS.thousands, confidence: 0.7 },
    creditCode,
  ),
  numberRule(few('[\\dA-Z]{8}-[\\dX]'), ODDS.shared, organisation),
  numberRule(
    few('(?:0[1-9]|[12]\\d|3[0-8])[A-Z]{5}\\d{4}[A-Z][A-Z\\d]Z[A-Z\\d]'),
    { ...ODDS.thousands, confidence: 0.8 },
    gstin,
  ),
  numberRule(few('(?:0[1-9]|[12]\\d|3[0-8])[A-Z]{5}\\d{4}[A-Z][A-Z\\d]Z[A-Z\\d]'), {
    ...ODDS.form,
    confidence: 0.4,
  }),
  numberRule(number('\\d{2} \\d{3} \\d{3} \\d{3}'), ODDS.thousands, australian),
  numberRule(number('\\d{11}'), ODDS.hundreds, australian),
  numberRule(number('\\d{3} ?\\d{3} ?\\d{3}'), LIKE_OTHERS, multiple(10, 8, 7, 6, 5, 4, 3, 2, 1, 1)),
  numberRule(number('\\d{3}-\\d{2}-\\d{5}'), ODDS.hundreds, korean),
  numberRule(number('[1-9]\\d{9}'), LIKE_OTHERS, korean),
  numberRule(number('\\d{2}\\.\\d{3}\\.\\d{3}/\\d{4}-\\d{2}'), ODDS.thousands, cnpj),
  numberRule(number('\\d{14}'), ODDS.hundreds, cnpj),
  numberRule(few('\\d{8}[A-Z]'), { ...ODDS.tens, confidence: 0.25 }, singaporean),
  numberRule(few('(?:19\\d|20[0-3])\\d{6}[A-Z]'), ODDS.hundreds, singaporean), // the year and a letter by mod 11
  numberRule(few('[TSR]\\d{2}[A-Z]{2}\\d{4}[A-Z]'), ODDS.form),
  numberRule(number('\\d{2}[2-9]\\d{3}-\\d{4}'), { ...ODDS.tens, confidence: 0.3 }, luhn), // Sweden
  numberRule(number('\\d{2}[2-9]\\d{7}'), LIKE_OTHERS, luhn),
  numberRule(number('\\d{11}'), ODDS.hundreds, italian),
  numberRule(number('\\d{3} ?\\d{3} ?\\d{3} ?\\d{5}'), { ...ODDS.digits, inContext: 0.8 }, luhn), // France, SIRET
  numberRule(number('DE[ .-]?\\d{3}[ .-]?\\d{3}[ .-]?\\d{3}'), ODDS.hundreds, (v) => mod1110(v.slice(2))),
  numberRule(
    number('FR ?\\d{2} ?\\d{3} ?\\d{3} ?\\d{3}'),
    ODDS.thousands,
    (v) => luhn(v.slice(4)) && mod97(`${v.slice(4)}12`) === Number(v.slice(2, 4)),
  ),
  numberRule(
    few(
      '(?:ATU\\d{8}|BE ?[01]\\d{9}|BG\\d{9,10}|CHE-?\\d{3}\\.?\\d{3}\\.?\\d{3}|CY\\d{8}[A-Z]|CZ\\d{8,10}|DE\\d{9}|DK\\d{8}|EE\\d{9}|EL\\d{9}|ES[A-Z\\d]\\d{7}[A-Z\\d]|FI\\d{8}|GB\\d{9}|HR\\d{11}|HU\\d{8}|IT\\d{11}|LT\\d{9,12}|LU\\d{8}|LV\\d{11}|MT\\d{8}|NL\\d{9}B\\d{2}|PL\\d{10}|PT\\d{9}|RO\\d{8,10}|SE\\d{12}|SI\\d{8}|SK\\d{10})',
    ),
    { ...ODDS.form, confidence: 0.25 },
  ),
  numberRule({ needs: MIXED, source: 'HR[AB] ?\\d{4,6}' }, { ...ODDS.form, confidence: 0.5 }),
  // of few digits it may be a hardness by Rockwell's scales A and B
  numberRule(
    { needs: DIGIT, hints: ['HR'], flags: 'g', source: 'HR[AB] ?\\d{1,3}' },
    { ...ODDS.shared, alone: 0.35 },
  ),
  numberRule(number('\\d{2}-\\d{7}'), { ...ODDS.digits, inContext: 0.75 }), // United States, EIN
  numberRule(number('(?:19|20)\\d{2}/\\d{6}/\\d{2}'), ODDS.form), // South Africa
  numberRule(number('4\\d{9}'), { ...ODDS.digits, inContext: 0.7 }),
  numberRule({ needs: MIXED, flags: 'g', source: '(?:CK|NR|[KTWBMN])\\d{4}/\\d{6}' }, ODDS.form),
];

export const companyId: Recogniser = {
  type: 'company_id',
  context:
    /信用代码|税号|纳税人|营业执照|组织机构代码|统一代码|\babn\b|\bacn\b|\bvat\b|ust-?id|mwst|umsatzsteuer|partita|p\.? ?iva|\bgst(?:in)?\b|\buen\b|\bbrn\b|사업자|org(?:anisations?)?\.?-?(?:nummer|nr)|handelsregister|registergericht|amtsgericht|\bhr[ab]\b|\bsiret?n?\b|\bcnpj\b|company (?:no|number|reg|id)|business (?:no|number|reg)|employer id|\bein\b|registration/i,
  against: NOBODYS,
  unlessBefore: UNIT,
  rules: RULES,
  substitute: (value, draw) => alike(RULES, value, draw),
};
