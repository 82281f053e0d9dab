/** Registration plates of vehicles: China's by form; other countries' forms are shared by much else, so low. */
import { PROVINCES } from './characters.ts';
import { alike, type Recogniser, type Rule } from './recogniser.ts';
import { MIXED, PLATE } from './triggers.ts';

/** Plates are in capitals; one in small letters is one only where there is nothing else. */
const foreign = (source: string, confidence: number, alone = 0): readonly Rule[] => [
  {
    needs: MIXED,
    pattern: new RegExp(`(?<![\\w.-])(?:${source})(?![\\w-])`, 'g'),
    confidence,
    inContext: Math.max(0.75, confidence),
    within: ({ index, 0: text }) => [index, index + text.length],
  },
  {
    needs: MIXED,
    pattern: new RegExp(`^[^\\w]{0,4}(${source})(?=[^\\w]{0,4}$)`, 'gi'),
    confidence: 0,
    inContext: Math.max(0.75, confidence),
    alone,
  },
];

/** https://en.wikipedia.org/wiki/ISO_3166-2:IN */
const INDIAN =
  '(?:AN|AP|AR|AS|BH|BR|CG|CH|DD|DL|DN|GA|GJ|HP|HR|JH|JK|KA|KL|LA|LD|MH|ML|MN|MP|MZ|NL|OD|OR|PB|PY|RJ|SK|TN|TR|TS|UK|UP|WB)';

const hasDigit = (value: string): boolean => /\d/.test(value);

const SOUTH_AFRICAN =
  /(?<![\w.-])(?:[A-Z]{2}[ -]?\d{2}[ -]?[A-Z]{2}|[A-Z]{2,3}[ -]?\d{2,4}|\d{2,3}[ -]?[A-Z]{2,3})[ -]?$/;

const RULES: readonly Rule[] = [
  {
    needs: PLATE,
    pattern: new RegExp(
      `(?<![${PROVINCES}])[${PROVINCES}][A-HJ-NP-Z][·•.\\s-]?(?:[A-HJ-NP-Z\\d]{5,6}|[A-HJ-NP-Z\\d]{4}[挂学警港澳])(?![A-Za-z\\d])`,
      'g',
    ),
    confidence: 0.85,
    inContext: 0.95,
    judge: hasDigit,
  },
  {
    needs: PLATE,
    pattern: new RegExp(`[${PROVINCES}][A-HJ-NP-Z][·•][A-HJ-NP-Z\\d]{5,6}(?![A-Za-z\\d])`, 'g'),
    confidence: 0.9,
  },
  // Britain: 2001 on, with the half-years that were given out; before that prefix and suffix letters
  ...foreign('[A-HK-PRSV-Y][A-HJ-PR-Y](?:0[2-9]|[1-2]\\d|5[1-9]|6\\d|7[0-9])[ -]?[A-HJ-PR-Z]{3}', 0.45, 0.5),
  ...foreign('[A-HJ-NPR-TV-Y]\\d{1,3}[ -]?[A-HJ-PR-Y][A-HJ-PR-Z]{2}', 0.15),
  ...foreign('[A-HJ-PR-Z]{3}[ -]?\\d{1,3}[ -]?[A-HJ-NPR-TV-Y]', 0.15),
  // Germany: district, letters, number
  ...foreign('[A-ZÄÖÜ]{1,3}[ -][A-Z]{1,2}[ -]?[1-9]\\d{0,3}[EH]?', 0.15, 0.4),
  // Turkey: province 01 to 81
  ...foreign(
    '(?:0[1-9]|[1-7]\\d|8[01])[ -]?(?!(?:am|pm|mb|gb|kb|tb|kg|mg|ml|cm|mm|km|hz|mhz|ghz|usd|eur|gbp|in|of|to|x|and|or|the|by|at|on|st|nd|rd|th|h|s|m|v|w)[ -]?\\d)[A-Z]{1,3}[ -]?\\d{2,4}',
    0.15,
    0.4,
  ),
  ...foreign('[A-Z]{3}[ -]?\\d{3}[ -]?[A-Z]{2}', 0.35, 0.4), // Nigeria
  ...foreign(`${INDIAN}[ -]?\\d{1,2}[ -]?[A-Z]{1,3}[ -]?\\d{4}`, 0.55, 0.6),
  ...foreign('[2-9]\\d[ -]?BH[ -]?\\d{4}[ -]?[A-HJ-NP-Z]{1,2}', 0.6, 0.7), // all of India
  ...foreign('\\d{1,3}[ -]?(?:CD|CC|UN)[ -]?[1-9]\\d{1,3}', 0.15, 0.35), // embassies
  ...foreign('[0-9]{2}[A-FHKPRX]\\d{6}[A-Z]', 0.3, 0.4), // India's army
  ...foreign('[A-Z]{1,3}\\d{4,5}', 0.1), // older Indian ones, and many others
  // South Africa: the province is at the end
  {
    needs: MIXED,
    pattern: /(?:GP|ZN|WP|EC|NC|FS|LP|MP|NW)(?![\w-])/g,
    confidence: 0.35,
    inContext: 0.75,
    alone: 0.45,
    within: ({ index, 0: province, input }) => {
      const number = SOUTH_AFRICAN.exec(input.slice(Math.max(0, index - 12), index))?.[0];
      return number === undefined ? null : [index - number.length, index + province.length];
    },
  },
  // France and Italy, Spain, the Netherlands, Brazil
  ...foreign('[A-HJ-NP-TV-Z]{2}[ -]?\\d{3}[ -]?[A-HJ-NP-TV-Z]{2}', 0.15, 0.4),
  ...foreign('\\d{4}[ -]?[BCDFGHJKLMNPRSTVWXYZ]{3}', 0.1, 0.3),
  ...foreign('[A-Z]{3}[ -]?\\d[A-Z]\\d{2}', 0.15, 0.35),
  // any, right after the word
  {
    needs: MIXED,
    pattern:
      /(?:[Ll]icen[cs]e [Pp]late|[Nn]umber [Pp]late|[Pp]late (?:[Nn]umber|[Nn]o\.?)|[Rr]egistration (?:[Nn]umber|[Nn]o\.?)|车牌号?码?)\s*(?:is|was|[:：#])?\s*((?=[A-Z -]{0,6}\d)[A-Z\d]{1,4}[ -]?[A-Z\d]{1,4}(?:[ -]?[A-Z\d]{2,4})?)(?![\w-])/g,
    confidence: 0.65,
  },
];

export const plate: Recogniser = {
  type: 'plate',
  context:
    /车牌|车号|牌照|号牌|plates?\b|licen[cs]e|registration|vehicle|\bcar\b|\breg\b|kennzeichen|fahrzeug|plaka|matr[ií]cula|immatriculation|targa|kfz/i,
  rules: RULES,
  substitute: (value, draw) => alike(RULES, value, draw, /^[^\dA-Za-z]?[A-Z]/.exec(value)?.[0].length ?? 0),
};
