import { inTexts, match, warns, type RowCheck } from './check.ts';
import { MARK } from './scan.ts';

const NAMES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  mdash: '—',
  ndash: '–',
  hellip: '…',
  rsquo: '’',
  lsquo: '‘',
  ldquo: '“',
  rdquo: '”',
  copy: '©',
  deg: '°',
  euro: '€',
};
const ENTITY = new RegExp(`&(?:(${Object.keys(NAMES).join('|')})|#(\\d{2,6})|#x([0-9a-f]{2,5}));`, 'i');
const ALL = new RegExp(ENTITY, 'gi');
/** Texts in which entities are meant. */
const MARKUP = /`|<\/?[a-z][^<>]*>|\b(?:html|xml|svg|rss|entit(?:y|ies)|escap|markup|markdown|url)|https?:/i;

const decode = (whole: string, name?: string, decimal?: string, hex?: string): string => {
  if (name !== undefined) return NAMES[name.toLowerCase()] ?? whole;
  const code = decimal === undefined ? Number.parseInt(hex!, 16) : Number(decimal);
  const legal = code > 0x1f && code < 0x11_0000 && (code < 0xd800 || code > 0xdfff);
  return legal ? String.fromCodePoint(code) : whole;
};

export const htmlEntities: RowCheck = {
  code: 'html_entities',
  needs: MARK.ampersand,
  ...warns,
  fixable: true,
  message: 'HTML entities such as &amp; or &nbsp; were left in a text',
  fix: 'Write the characters that they stand for',
  find(view) {
    const found = inTexts(view, ({ text, scan, role, part }) =>
      scan.marks & MARK.ampersand &&
      role !== 'tool' &&
      part === 'content' &&
      text.replace(ENTITY, decode) !== text
        ? match(text, ENTITY)
        : null,
    );
    return found.length > 0 && view.texts.some(({ text }) => MARKUP.test(text)) ? [] : found;
  },
  mendText: (text) => text.replaceAll(ALL, decode),
};
