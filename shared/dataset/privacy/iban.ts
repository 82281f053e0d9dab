/** International bank account numbers, ISO 13616: length by country, mod 97. */
import { mod97 } from './check-digits.ts';
import { type Recogniser, scrambled } from './recogniser.ts';
import { NUMBER } from './triggers.ts';

/** https://www.swift.com/standards/data-standards/iban-international-bank-account-number */
const LENGTHS: ReadonlyMap<string, number> = new Map(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ' +
    'ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 ' +
    'LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 ' +
    'PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 ' +
    'YE30 DZ26 AO25 BF28 BJ28 CF27 CG27 CI28 CM27 CV25 GA27 GQ27 GW25 IR26 KM27 MA28 MG27 ML28 MZ25 NE28 SN28 TD27 TG28'
  )
    .split(' ')
    .map((row) => [row.slice(0, 2), Number(row.slice(2))]),
);

/** How far into the text the number goes: a following word may look like a further group. */
const within = ({ 0: text, index }: RegExpExecArray): readonly [number, number] | null => {
  const length = LENGTHS.get(text.slice(0, 2).toUpperCase()) ?? 99;
  const number = new RegExp(`^(?:[ -]?[A-Za-z\\d]){${length}}(?![A-Za-z\\d])`).exec(text)?.[0];
  return number === undefined ? null : [index, index + number.length];
};

/** Other spaces than those of groups are between words. */
const GROUPED = /^(?:[a-z\d]+|[a-z]{2}\d{2}([ -])(?:[a-z\d]{4}\1)*[a-z\d]{1,4})$/i;

const bare = (value: string): string => value.replaceAll(/[ -]/g, '').toUpperCase();

export const iban: Recogniser = {
  type: 'iban',
  rules: [
    {
      needs: NUMBER,
      pattern: /(?<![A-Za-z\d])[A-Z]{2}\d{2}(?:[ -]?[A-Z\d]){11,30}(?![a-z\d])/gi,
      confidence: 0.95,
      within,
      judge: (value) =>
        (GROUPED.test(value) || value === value.toUpperCase()) &&
        mod97(bare(value).slice(4) + bare(value).slice(0, 4)) === 1,
    },
  ],
  substitute(value, draw) {
    const drawn = scrambled(value, draw, 4);
    const country = bare(value).slice(0, 2);
    const check = 98 - mod97(`${bare(drawn).slice(4)}${country}00`);
    return value.slice(0, 2) + String(check).padStart(2, '0') + drawn.slice(4);
  },
};
