import { inTexts, match, remarks, type RowCheck } from './check.ts';
import { MARK } from './scan.ts';

/** Tags that a page's layout leaves in copied prose. */
const TAG = /<br\s*\/?>|<\/(?:p|div|span|strong|em|b|i|li|ul|ol|a|font|td|tr|h[1-6])>/i;
const MARKUP =
  /```|`<|<!doctype|<html|\|\s*-|\b(?:html|xml|css|tags?|web ?page|website|markup|jsx|react|vue|render)\b|网页|标签/i;

export const htmlTags: RowCheck = {
  code: 'html_tags',
  needs: MARK.angle,
  ...remarks,
  message: 'HTML tags were left in prose: the model would learn to write them',
  fix: 'Remove the tags, or keep them where the answers are meant to be HTML',
  find(view) {
    const found = inTexts(view, ({ text, scan, role, part }) =>
      scan.marks & MARK.angle && role !== 'tool' && part === 'content' ? match(text, TAG) : null,
    );
    return found.length > 0 && view.texts.some(({ text }) => MARKUP.test(text)) ? [] : found;
  },
};
