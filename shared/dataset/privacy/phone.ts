/** Telephone numbers: China's by own rules, all others by libphonenumber's plans. */
import { type CountryCode, Metadata, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { alike, NOBODYS, type Recogniser, UNIT, type Rule } from './recogniser.ts';
import { NINE, NUMBER } from './triggers.ts';

/** whose national numbers are looked for without a country code */
const COUNTRIES: readonly CountryCode[] = [
  ...(['US', 'GB', 'DE', 'FR', 'IN', 'BR', 'IL', 'JP', 'KR', 'IT', 'ES', 'AU', 'TR', 'PH'] as const),
  ...([
    'TH',
    'VN',
    'ID',
    'MY',
    'ZA',
    'NG',
    'MX',
    'NL',
    'PL',
    'UA',
    'RU',
    'TW',
    'EG',
    'SE',
    'CH',
    'AT',
  ] as const),
];

const DATE = /^(?:\d{4}[-./ ]\d{1,2}[-./ ]\d{1,2}|\d{1,2}[-./ ]\d{1,2}[-./ ]\d{4})(?!\d)/;

/** What the library knows of a country, beyond what its types tell. */
type Plan = {
  nationalPrefix(): string | undefined;
  type(name: string): { pattern(): string } | undefined;
};

type National = { readonly prefix: string; readonly number: RegExp };
const NATIONAL = new Map<CountryCode, National>();

/** To parse a text for each of thirty countries takes a millisecond; to test its digits does not. */
const nationalOf = (country: CountryCode): National => {
  const known = NATIONAL.get(country);
  if (known) return known;
  const metadata = new Metadata();
  metadata.selectNumberingPlan(country);
  const plan = metadata.numberingPlan as unknown as Plan;
  const kinds = ['FIXED_LINE', 'MOBILE', 'VOIP', 'PERSONAL_NUMBER'].map((name) => plan.type(name)?.pattern());
  const number = new RegExp(`^(?:${kinds.filter((pattern) => pattern !== undefined).join('|')})$`);
  const made = { prefix: plan.nationalPrefix() ?? '', number };
  NATIONAL.set(country, made);
  return made;
};

const validIn = (text: string, countries: readonly CountryCode[]): boolean => {
  const digits = text.replaceAll(/\D/g, '');
  return countries.some((country) => {
    const { prefix, number } = nationalOf(country);
    return number.test(prefix !== '' && digits.startsWith(prefix) ? digits.slice(prefix.length) : digits);
  });
};

/** With a country code: the longest start that is a number, since what follows may be digits as well. */
const international = ({ 0: text, index }: RegExpExecArray): readonly [number, number] | null => {
  const groups = [...text.matchAll(/[\s().-]+|$/g)].map(({ index: end }) => end).toReversed();
  for (const end of groups.slice(0, 6)) {
    const candidate = text.slice(0, end).replace(/^00/, '+');
    if (end > 6 && parsePhoneNumberFromString(candidate)?.isValid()) return [index, index + end];
  }
  return null;
};

/** Ten digits of North America; 555-01xx are kept for stories. */
const american = (value: string): boolean | number => {
  if (!validIn(value, ['US'])) return false;
  return !/555\D?01\d\d$/.test(value) || 0.4;
};

/** With the trunk prefix 0, grouped or not. */
const national = (value: string): boolean | number => {
  const digits = value.replaceAll(/\D/g, '');
  if (digits.length < 9 || digits.length > 12 || DATE.test(value)) return false;
  if (/^\d{3}[-. ]\d\d[-. ]\d{4}$/.test(value)) return false; // a Social Security number's form
  if (/^0[1-9]\d{8,10}$/.test(value)) return validIn(value, COUNTRIES) && /^0[1-9]\d{8,9}$/.test(value);
  return validIn(value, COUNTRIES);
};

const bare = (value: string): boolean =>
  !DATE.test(value) && validIn(value, ['US', 'IN', 'TR', 'ES', 'PL', 'FR', 'BR']);

const CHINA_MOBILE =
  /(?<![\d+.]|\d[-_]|[A-Za-z_])(?:(?:\+|00)?\s?86[-\s]?)?1(?:3\d|4[014-9]|5[0-35-9]|6[2567]|7[0-8]|8\d|9[0-35-9])([- ]?)\d{4}\1\d{4}(?![\d_]|[-.]\d|[A-Za-z])/g;

/** https://zh.wikipedia.org/wiki/中国大陆电话区号: 010, 02x, and 03xx to 09xx of four digits */
const CHINA_LANDLINE =
  /(?<![\w.+-])(?:(?:\+|00)86[- ]?)?[(（]?(?:010|02[0-57-9]|0[3-9]\d{2})(?:[)）-]|[)） ]? ?)\s?[1-9]\d{6,7}(?:(?:-|转|ext\.?)\s?\d{1,6})?(?![\w]|[-.]\d)/g;

const landline = (value: string): boolean | number => (/^(?:\D*\d{10,12}\D*)$/.test(value) ? 0.25 : true);

const whole = ({ index, 0: text }: RegExpExecArray): readonly [number, number] => [
  index,
  index + text.length,
];

const RULES: readonly Rule[] = [
  {
    needs: NINE,
    pattern: CHINA_MOBILE,
    confidence: 0.75,
    inContext: 0.95,
    within: whole,
  },
  { needs: NINE, pattern: CHINA_LANDLINE, confidence: 0.6, inContext: 0.9, judge: landline },
  {
    needs: NINE,
    pattern: /(?<![\w.-])[48]00[- ]?\d{3}[- ]?\d{4}(?![\w-])/g,
    confidence: 0.2,
    inContext: 0.6,
  },
  {
    needs: NUMBER,
    pattern: /(?:电话|座机|固话|传真|\btel)[^\d\n]{0,4}([2-8]\d{6,7})(?![\w-])/gi,
    confidence: 0.6,
  },
  {
    needs: NUMBER,
    pattern: /(?<![\w+])(?:\+|00)[1-9][\d\s().-]{6,22}\d(?!\d)/g,
    confidence: 0.85,
    inContext: 0.95,
    within: international,
  },
  {
    needs: NINE,
    pattern:
      /(?<![\d.+-])(?:\+?1[-. ]?)?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}([-. ]))[2-9]\d{2}[-. ]\d{4}(?![\w-]|\.\d)/g,
    confidence: 0.65,
    inContext: 0.9,
    within: whole,
    judge: american,
  },
  {
    needs: NINE,
    pattern: /(?<![\w.+-]|\d )\(?(?!0\.)0[1-9]?(?:[ ().-]{0,2}\d){8,11}(?![\w]|[-.]\d)/g,
    confidence: 0.4,
    alone: 0.5,
    inContext: 0.8,
    judge: (value) => /\D/.test(value) && national(value),
  },
  {
    needs: NINE,
    pattern: /(?<![\w.+-]|\d )0[1-9]\d{7,10}(?![\w]|[-.]\d)/g,
    confidence: 0.4,
    alone: 0.45,
    inContext: 0.8,
    judge: national,
  },
  {
    needs: NUMBER,
    pattern: /(?<![\w.+-]|\d )[2-9]\d{2}(?:[ .-]?\d{2,4}){2,3}(?![\w]|[-. ]\d)/g,
    confidence: 0.15,
    inContext: 0.6,
    judge: bare,
  },
  {
    // where nothing else is said: ten digits, or in groups
    needs: NINE,
    pattern: /(?<![\w.+-]|\d )[2-9]\d{2}(?:\d{7}|([ .-])\d{3}\1\d{2}\1?\d{2})(?![\w]|[-. ]\d)/g,
    confidence: 0.15,
    inContext: 0.6,
    alone: 0.45,
    within: whole,
    judge: bare,
  },
];

const NOT_PHONE =
  /(?:订单号?|单号|流水号?|编号|运单|工单|快递单?|order|invoice|tracking|ticket|\bsku|serial|isbn|issn|upc|ean|timestamp|version|\bid|#|№|\$|¥|￥|€|£)\s*(?:no\.?|number|num)?\s*(?:is)?[:：#=]?\s*$/i;

export const phone: Recogniser = {
  type: 'phone',
  context:
    /电话|手机|联系方式|联系|致电|拨打|号码|座机|固话|热线|传真|微信|短信|phone|mobile|\bcell|\bcall\b|\btel\b|tel[.:]|telep|telef|handy|fax|whatsapp|contact|dial|\bsms\b|telefon|携帯|전화/i,
  against: new RegExp(`${NOT_PHONE.source}|${NOBODYS.source}`, 'i'),
  unlessBefore: UNIT,
  rules: RULES,
  substitute(value, draw) {
    const country =
      /^(?:\+|00)\d{1,3}[\s().-]+\d{0,2}|^\D*86[\s-]?1\d|^\D?\d{2}/.exec(value)?.[0].length ?? 0;
    return alike(RULES, value, draw, country);
  },
};
