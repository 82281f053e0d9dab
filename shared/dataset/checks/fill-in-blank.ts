import { inTexts, match, remarks, type RowCheck } from './check.ts';
import { MARK } from './scan.ts';
import { HAS } from './view.ts';

const BLANK =
  /\[(?:your|recipient|sender|company|customer|client|employee|candidate|product|manager|client)(?:['’]s)? ?(?:full |first |last |own )?(?:name|title|address|email|e-mail|phone|company|position|signature|contact|number|date)[^[\]\n]{0,30}\](?!\()|\[(?:name|date|address|company|phone number|email address|city|job title)\](?!\()|[[【](?:你的|您的|公司|姓名|收件人|日期|地址|电话|职位)[^\]】\n]{0,12}[\]】]/i;
const ASKED = /\btemplate|placeholder|\bfill[- ]in|\bblanks?\b|\bsample\b|模板|模版|范本|占位/i;

export const fillInBlank: RowCheck = {
  code: 'fill_in_blank',
  needs: MARK.bracket | HAS.han,
  ...remarks,
  message: 'An answer leaves blanks such as [Your Name] for somebody to fill in',
  fix: 'Fill them in, unless the model is meant to write templates',
  find(view) {
    const found = inTexts(view, ({ text, scan, learnt }) =>
      learnt && (scan.marks & MARK.bracket || scan.han > 0) ? match(text, BLANK) : null,
    );
    const asked =
      found.length > 0 && view.texts.some(({ text, role }) => role === 'user' && ASKED.test(text));
    return asked ? [] : found;
  },
};
