/** As much XML as office files are made of: tags in order, the text before each. Nothing is expanded or looked up. */

export type Tag = {
  /** without its namespace's prefix */
  readonly name: string;
  /** true for `</x>`; `<x/>` is told twice */
  readonly closes: boolean;
  readonly attributes: Readonly<Record<string, string>>;
  /** as it is written, between the last tag and this one */
  readonly before: string;
};

const NAME = /^(?:[\w.-]{1,64}:)?([\w.-]{1,64})(?![\w.:-])/;
const ATTRIBUTE = /(?:[\w.-]{1,64}:)?([\w.-]{1,64})\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)')/g;
const LONGEST_TAG = 4096;

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const character = (code: number): string =>
  code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : '\ufffd';

/** Entities, and Excel's `_x000D_` for characters that XML has not. */
export const textOf = (raw: string): string =>
  raw
    .replaceAll(/&(?:#x([\da-f]{1,6})|#(\d{1,7})|(\w{2,4}));/gi, (whole, hex, decimal, name) => {
      if (hex !== undefined) return character(Number.parseInt(String(hex), 16));
      return decimal === undefined ? (NAMED[String(name)] ?? String(whole)) : character(Number(decimal));
    })
    .replaceAll(/_x([\dA-F]{4})_/gi, (_, hex) => String.fromCharCode(Number.parseInt(String(hex), 16)));

const attributesOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(ATTRIBUTE)].map(([, name, double, single]) => [name, textOf(double ?? single ?? '')]),
  );

/** What is not a tag, by how it begins and ends. */
const OTHERS = [
  ['<!--', '-->'],
  ['<?', '?>'],
  ['<!', '>'],
] as const;

/** Offset of the `>` that ends a tag: not one between quotes. -1 without one. */
const endOf = (xml: string, at: number): number => {
  let quote = '';
  for (let i = at; i < Math.min(xml.length, at + LONGEST_TAG); i++) {
    const c = xml[i]!;
    if (quote !== '') quote = c === quote ? '' : quote;
    else if (c === '"' || c === "'") quote = c;
    else if (c === '>') return i;
    else if (c === '<' && i > at) return -1;
  }
  return -1;
};

/** Looks at each character a fixed number of times, whatever they are. What is no tag is left out. */
export const tagsOf = function* (xml: string): Generator<Tag> {
  let from = 0;
  for (let at = xml.indexOf('<'); at >= 0; at = xml.indexOf('<', Math.max(from, at + 1))) {
    const other = OTHERS.find(([start]) => xml.startsWith(start, at));
    if (other) {
      const close = xml.indexOf(other[1], at);
      if (close < 0) return;
      at = close;
      continue;
    }
    const end = endOf(xml, at);
    if (end < 0) continue;
    const closes = xml[at + 1] === '/';
    const inside = xml.slice(at + (closes ? 2 : 1), end);
    const name = NAME.exec(inside)?.[1];
    if (name === undefined) continue;
    const before = xml.slice(from, at);
    from = end + 1;
    yield { name, closes, attributes: attributesOf(inside), before };
    if (!closes && inside.endsWith('/')) yield { name, closes: true, attributes: {}, before: '' };
  }
};
