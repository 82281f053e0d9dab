/** Text to learn from its beginning to its end: paragraphs, or lines where no blank line stands in the file. */
import { splitLines } from '../../jsonl.ts';
import { isProse, type Container, type InputRow } from './container.ts';
import { LONGEST_ROW, tooLong } from './parse.ts';

const SNIFFED = 65_536;

/** The pieces, the first of them long enough to tell by. */
const sniffed = async (texts: AsyncIterable<string>) => {
  const rest = texts[Symbol.asyncIterator]();
  let head = '';
  for (let next = await rest.next(); !next.done; next = await rest.next()) {
    head += next.value;
    if (head.length >= SNIFFED) break;
  }
  const all = async function* (): AsyncGenerator<string> {
    yield head;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  };
  return { head: head.slice(0, SNIFFED), all: all() };
};

export const plain: Container = {
  name: 'plain',
  match: ({ name }) => (isProse(name) ? 0.5 : 0),
  async *rows(texts) {
    const { head, all } = await sniffed(texts);
    const paragraphs = /\n[ \t\r]*\n/.test(head.trim());
    let [lines, from, size]: [string[], number, number] = [[], 1, 0];
    const take = function* (): Generator<InputRow> {
      if (size > LONGEST_ROW) yield tooLong(from, size);
      else if (lines.length > 0) yield { line: from, value: { text: lines.join('\n') } };
      [lines, size] = [[], 0];
    };
    for await (const { line, text, dropped } of splitLines(all, LONGEST_ROW)) {
      const blank = dropped === undefined && text.trim() === '';
      if (blank || !paragraphs) yield* take();
      if (blank) continue;
      if (size === 0) from = line;
      size += dropped ?? text.length;
      if (size <= LONGEST_ROW) lines.push(text);
    }
    yield* take();
  },
};
