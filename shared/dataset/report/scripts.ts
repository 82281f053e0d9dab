/** The script that a text is mostly written in. */

const SCRIPTS = {
  Latin: /\p{Script=Latin}/gu,
  Han: /\p{Script=Han}/gu,
  Kana: /[\p{Script=Hiragana}\p{Script=Katakana}]/gu,
  Hangul: /\p{Script=Hangul}/gu,
  Cyrillic: /\p{Script=Cyrillic}/gu,
  Arabic: /\p{Script=Arabic}/gu,
  Devanagari: /\p{Script=Devanagari}/gu,
  Thai: /\p{Script=Thai}/gu,
  Greek: /\p{Script=Greek}/gu,
  Hebrew: /\p{Script=Hebrew}/gu,
} as const;
export type Script = keyof typeof SCRIPTS | 'other letters' | 'no letters';

const READ = 2000; // characters of a text that decide
const WORD = 3; // letters of an alphabet say about as much as one character of these
const DENSE: ReadonlySet<string> = new Set(['Han', 'Kana', 'Hangul']);
const JAPANESE = 0.1; // share of kana from which Chinese characters are Japanese

const countOf = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

export const scriptOf = (text: string): Script => {
  const read = text.slice(0, READ);
  const letters = countOf(read, /\p{L}/gu);
  if (letters === 0) return 'no letters';
  const counts = Object.entries(SCRIPTS).map(([name, pattern]) => {
    const n = countOf(read, pattern);
    return { name: name as keyof typeof SCRIPTS, n: DENSE.has(name) ? n * WORD : n };
  });
  const of = (name: Script): number => counts.find((count) => count.name === name)?.n ?? 0;
  if (of('Kana') > JAPANESE * of('Han') && of('Kana') + of('Han') > of('Latin')) return 'Kana';
  const best = counts.reduce((a, b) => (b.n > a.n ? b : a));
  return best.n === 0 ? 'other letters' : best.name;
};
