import { inTexts, match, warns, type RowCheck } from './check.ts';
import { MARK } from './scan.ts';
import type { Text } from './view.ts';
import { WORD } from './words.ts';

const BEGINS = /^[ \t]*(?:TODO|FIXME|TBD|XXX)(?:\s*[:：]|\s*$)/i;
const LINE_BEGINS = /\n[ \t]*(?:TODO|FIXME|TBD|XXX)(?:\s*[:：]|\s*$)/i;
const ENDS = /\b(?:TBD|FIXME)\s*$/i;
const LOREM = /\blorem ipsum dolor\b/i;
const WHOLE =
  /^(?:to be (?:added|written|completed|determined)|coming soon|待补充|待完善|待定|此处省略|暂无内容?|暂无)[.。…!！]*$/i;
const OMITTED = /[（(]?此处省略\d*[^）)\n]{0,10}字?[）)]/;
const [LONGEST_WHOLE, LONGEST_ENDING] = [80, 200];

const named = (text: string, marks: number): string | null =>
  match(text, BEGINS) ??
  (marks & MARK.newline ? match(text, LINE_BEGINS) : null) ??
  (ENDS.test(text.slice(-LONGEST_ENDING)) ? match(text, ENDS) : null) ??
  (text.includes('psum') || text.includes('PSUM') ? match(text, LOREM) : null);

const unfinished = ({ text, words, scan: { marks, han } }: Text): string | null =>
  (words & WORD.unfinished ? named(text, marks) : null) ??
  (text.length <= LONGEST_WHOLE ? match(text, WHOLE) : null) ??
  (han > 0 ? match(text, OMITTED) : null);

const ASKED = /\bTODO|FIXME|placeholder|lorem|dummy text|to-do|占位|待办/i;

export const unfinishedText: RowCheck = {
  code: 'unfinished_text',
  ...warns,
  message: 'An answer was never written: TODO, TBD, lorem ipsum, 待补充',
  fix: 'Write it, or remove the row',
  find(view) {
    const found = inTexts(view, (text) =>
      text.learnt && text.role !== 'text' && !(text.scan.marks & MARK.backtick) ? unfinished(text) : null,
    );
    const asked =
      found.length > 0 && view.texts.some(({ text, role }) => role === 'user' && ASKED.test(text));
    return asked ? [] : found;
  },
};
