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

const TAG =
  /<(\/?)(?:[\w.-]+:)?([\w.-]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|<!--[\s\S]*?-->|<\?[\s\S]*?\?>/g;
const ATTRIBUTE = /(?:[\w.-]+:)?([\w.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

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

export const tagsOf = function* (xml: string): Generator<Tag> {
  let from = 0;
  for (const match of xml.matchAll(TAG)) {
    const [whole, slash, name, attributes = '', empty] = match;
    if (name === undefined) continue;
    const before = xml.slice(from, match.index);
    from = match.index + whole.length;
    yield { name, closes: slash === '/', attributes: attributesOf(attributes), before };
    if (empty === '/') yield { name, closes: true, attributes: {}, before: '' };
  }
};
