import { around, inTexts, warns, type RowCheck } from './check.ts';
import { MARK } from './scan.ts';

/** Tag characters spell ASCII that nobody sees; variation selectors above U+FFFF carry any bytes. Flags of regions are
 *  a black flag with tags, https://www.unicode.org/reports/tr51/#Emoji_Tag_Sequences */
const FLAG = /\u{1f3f4}[\u{e0020}-\u{e007e}]{1,8}\u{e007f}/gu;
const HIDDEN = /[\u{e0000}-\u{e01ef}]+/gu;

const hiddenAt = (text: string): number =>
  text.replaceAll(FLAG, (flag) => ' '.repeat(flag.length)).search(HIDDEN);

export const hiddenText: RowCheck = {
  code: 'hidden_text',
  needs: MARK.tag,
  ...warns,
  fixable: true,
  message: 'Invisible tag characters stand in a text: a way to hide instructions from readers',
  fix: 'Remove them, and find out who wrote the text',
  find: (view) =>
    inTexts(view, ({ text, scan }) => {
      if (!(scan.marks & MARK.tag)) return null;
      const at = hiddenAt(text);
      return at < 0 ? null : around(text, at);
    }),
  mendText(text) {
    const flags = text.match(FLAG) ?? [];
    return text
      .split(FLAG)
      .map((part, i) => part.replaceAll(HIDDEN, '') + (flags[i] ?? ''))
      .join('');
  },
};
