/** JSON Lines, https://jsonlines.org: a row per line, blank lines are none. */
import { splitLines } from '../../jsonl.ts';
import { isNamed, type Container } from './container.ts';
import { LONGEST_ROW, parseRow, tooLong } from './parse.ts';

const isJsonObject = (line: string): boolean => {
  try {
    return line.startsWith('{') && JSON.parse(line) !== null;
  } catch {
    return false;
  }
};

export const jsonl: Container = {
  name: 'jsonl',
  match({ text, whole, name }) {
    const named = isNamed(name, '.jsonl', '.ndjson');
    const lines = text.split('\n').map((line) => line.trim());
    if (!whole && lines.length > 1) lines.pop(); // may be cut
    const [first = '', ...rest] = lines.filter((line) => line !== '');
    if (first === '[' || (first.startsWith('[') && !first.endsWith(']'))) return 0;
    if (first.startsWith('['))
      return named && rest.some((line) => line.startsWith('[') || isJsonObject(line)) ? 3 : 0;
    if (named) return first === '{' ? 0 : 2;
    if (!first.startsWith('{')) return 0;
    if (rest.length === 0) return whole || isNamed(name, '.json') ? 0 : 1;
    return isJsonObject(first) || (first.endsWith('}') && rest.some(isJsonObject)) ? 3 : 0;
  },
  async *rows(texts) {
    for await (const { line, text, dropped } of splitLines(texts, LONGEST_ROW)) {
      if (dropped !== undefined) yield tooLong(line, dropped);
      else if (text.trim() !== '') yield parseRow(text, line);
    }
  },
};
