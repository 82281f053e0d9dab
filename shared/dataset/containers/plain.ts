/** Text to learn from its beginning to its end: paragraphs, or lines where no blank line stands in the file. */
import { splitLines } from '../../jsonl.ts';
import { isProse, type Container, type InputRow } from './container.ts';
import { LONGEST_ROW, tooLong } from './parse.ts';
import { sniffed } from './sniff.ts';

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
