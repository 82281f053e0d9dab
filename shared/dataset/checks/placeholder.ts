import { inTexts, match, warns, type RowCheck } from './check.ts';
import { MARK } from './scan.ts';

const BRACES = /(?<!\{)\{\{\s*[\p{L}_][\p{L}\p{N}_ .-]{0,40}\}\}(?!\})/u;
const INSERT =
  /\[(?:INSERT|ENTER|ADD|PUT|REPLACE|FILL IN|插入|填写|请填写)[ :_][^[\]\n]{1,60}\]|<(?:INSERT|YOUR|ENTER)[ _][^<>\n]{1,40}>/;
/** Words about template languages, where such marks are meant. */
const TEMPLATES =
  /\{%|jinja|handlebars|mustache|\bvue\b|angular|liquid|github actions|\bhelm\b|ansible|v-(?:for|if|bind)/i;

export const placeholder: RowCheck = {
  code: 'placeholder',
  needs: MARK.brace | MARK.bracket | MARK.angle,
  ...warns,
  message: 'A placeholder such as {{name}} or [INSERT DATE] was left in: the model would learn to say it',
  fix: 'Fill it in, unless it is meant',
  find(view) {
    const found = inTexts(view, ({ text, scan: { marks } }) => {
      const braces = marks & MARK.brace && text.includes('{{') ? match(text, BRACES) : null;
      return braces ?? (marks & (MARK.bracket | MARK.angle) ? match(text, INSERT) : null);
    });
    return found.length > 0 && view.texts.some(({ text }) => TEMPLATES.test(text)) ? [] : found;
  },
};
