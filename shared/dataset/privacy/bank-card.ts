/** Payment and bank cards: issuer's prefix and length (ISO/IEC 7812), Luhn's check digit. */
import { luhn } from './check-digits.ts';
import { NOBODYS, type Recogniser, UNIT, withDigits } from './recogniser.ts';
import { NINE } from './triggers.ts';

/** prefixes of an issuer, the lengths of its numbers, and how sure that is where Luhn's digit fits */
const ISSUERS: readonly (readonly [
  name: string,
  prefix: RegExp,
  lengths: readonly number[],
  sure: number,
])[] = [
  ['Visa', /^4/, [16, 19], 0.85],
  ['Visa, long ago', /^4/, [13], 0.25],
  ['Mastercard', /^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16], 0.85],
  ['American Express', /^3[47]/, [15], 0.85],
  ['Diners Club', /^3(?:0[0-59]|[689])/, [14, 16, 19], 0.8],
  ['Discover', /^6(?:011|4[4-9]|5)/, [16, 19], 0.85],
  ['JCB', /^35(?:2[89]|[3-8])/, [16, 19], 0.85],
  ['UnionPay', /^(?:62|81[0-7])/, [16, 17, 18, 19], 0.85],
  ['Maestro', /^(?:50|5[6-8]|63(?:04|9)|67)/, [13, 14, 15, 16, 17, 18, 19], 0.7],
  ['Mir', /^220[0-4]/, [16], 0.8],
  ['RuPay', /^(?:60|82|508)/, [16], 0.7],
  ['Troy', /^9792/, [16], 0.8],
  ['UATP', /^1/, [15], 0.5],
];

/** Groups as people write them: fours, American Express's 4-6-5, Diners Club's 4-6-4, UnionPay's 6-13. */
const GROUPS =
  /^(?:\d+|\d{4}([ -])\d{4}\1\d{4}\1\d{1,4}(?:\1\d{1,3})?|\d{4}([ -])\d{6}\2\d{4,5}|\d{6}[ -]\d{10,13})$/;

const judge = (value: string): boolean | number => {
  const digits = value.replaceAll(/\D/g, '');
  if (!GROUPS.test(value) || /^(\d)\1+$/.test(digits)) return false;
  const issuer = ISSUERS.find(
    ([, prefix, lengths]) => prefix.test(digits) && lengths.includes(digits.length),
  );
  return luhn(digits) && issuer ? issuer[3] : false;
};

const withCheckDigit = (digits: string): string => {
  const stem = digits.slice(0, -1);
  return [...'0123456789'].map((c) => stem + c).find(luhn) ?? digits;
};

const NOT_CARD = /(?:订单|单号|流水号?|编号|order|invoice|tracking|timestamp)\D{0,6}$/i;

export const bankCard: Recogniser = {
  type: 'bank_card',
  context:
    /银行|卡号|储蓄卡|信用卡|借记卡|账号|帐号|账户|开户|card|credit|debit|visa|amex|maestro|carte|tarjeta|karte/i,
  against: new RegExp(`${NOT_CARD.source}|${NOBODYS.source}`, 'i'),
  unlessBefore: UNIT,
  rules: [
    { needs: NINE, pattern: /(?<![\w.-])[1-9]\d{3}(?:[ -]?\d){9,15}(?![\w-])/g, confidence: 0.85, judge },
    {
      // cards of Chinese banks do not all keep Luhn's rule
      needs: NINE,
      pattern: /(?<![\w.-])(?:62|60|9[4-9]|4[0-9]|5[1-9])\d{2}(?: ?\d){12,15}(?![\w-])/g,
      confidence: 0.2,
      inContext: 0.6,
      judge: (value) => GROUPS.test(value),
    },
    {
      needs: NINE,
      pattern: /(?:(?:银行)?(?:卡号|账号|帐号|账户)|对公账户|开户账号)[^\d\n]{0,8}(\d{9,30})(?!\d)/g,
      confidence: 0.7,
    },
  ],
  substitute(value, draw) {
    const digits = value.replaceAll(/\D/g, '');
    const drawn = digits.slice(0, 6) + draw.digits(digits.length - 6);
    return withDigits(value, luhn(digits) ? withCheckDigit(drawn) : drawn);
  },
};
