import { inTexts, match, warns, type RowCheck } from './check.ts';
import { MARK } from './scan.ts';

const UNFINISHED =
  /(?:^|\n)[ \t]*(?:TODO|FIXME|TBD|XXX)(?:\s*[:：]|\s*$)|\b(?:TBD|FIXME)\s*$|\blorem ipsum dolor\b|^(?:to be (?:added|written|completed|determined)|coming soon|待补充|待完善|待定|此处省略|暂无内容?|暂无)[.。…!！]*$|[（(]?此处省略\d*[^）)\n]{0,10}字?[）)]/i;
const ASKED = /\bTODO|FIXME|placeholder|lorem|dummy text|to-do|占位|待办/i;

export const unfinishedText: RowCheck = {
  code: 'unfinished_text',
  ...warns,
  message: 'An answer was never written: TODO, TBD, lorem ipsum, 待补充',
  fix: 'Write it, or remove the row',
  find(view) {
    const found = inTexts(view, ({ text, learnt, role, scan }) =>
      learnt && role !== 'text' && !(scan.marks & MARK.backtick) ? match(text, UNFINISHED) : null,
    );
    const asked =
      found.length > 0 && view.texts.some(({ text, role }) => role === 'user' && ASKED.test(text));
    return asked ? [] : found;
  },
};
