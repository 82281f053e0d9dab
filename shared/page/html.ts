/** Text into HTML: whatever is interpolated is escaped unless it is markup made here. */

export type Html = { readonly html: string };
type Part = string | number | Html | null | readonly Part[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Controls but line end and tab, marks that reorder or embed text (https://www.unicode.org/reports/tr9/), noncharacters. */
const INVISIBLE =
  /[^\P{Cc}\n\t]|[\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069\uFFF9-\uFFFB\p{Noncharacter_Code_Point}]/gu;

const picture = (c: string): string => {
  const code = c.codePointAt(0)!;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code); // Unicode's control pictures
  return code === 0x7f ? '␡' : `⟨${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
};

/** Characters that would vanish or turn the text around become visible: ␀, ⟨202E⟩. */
const visible = (text: string): string =>
  text
    .replace(/\r\n/g, '\n')
    .replace(INVISIBLE, picture)
    .replace(/\p{Surrogate}/gu, '\uFFFD');

const escape = (text: string): string => visible(text).replace(/[&<>"']/g, (c) => ENTITIES[c]!);

const partOf = (part: Part): string => {
  if (part === null) return '';
  if (typeof part === 'object') return 'html' in part ? part.html : part.map(partOf).join('');
  return escape(String(part));
};

export const markup = (strings: TemplateStringsArray, ...parts: readonly Part[]): Html => ({
  html: strings.map((text, i) => text + (i < parts.length ? partOf(parts[i]!) : '')).join(''),
});
