import { inTexts, match, warns, type RowCheck } from './check.ts';
import { MARK } from './scan.ts';

/** `\n` as two characters, where no command of LaTeX, no path and no escape of code begins. */
const ESCAPED = /(?<![\\\w"'/:])\\n(?![a-z])|(?<=[\p{L}\p{N}.!?:,;)])\\n(?:\\n)*(?![a-z])/u;
const CODE =
  /`|\\(?:t|d|s|w|b)\b|["'](?:\\n)+["']|printf|print\(|\bregex|\bescape|\bnewline|\bcharacters?\b|\bline (?:feed|break|end)|换行|转义|[A-Z]:\\|\\(?:frac|begin|left|text|sum|int)\b/i;

export const escapedNewlines: RowCheck = {
  code: 'escaped_newlines',
  needs: MARK.backslash,
  ...warns,
  fixable: true,
  message: 'Line ends are written as the two characters \\ and n: the text was escaped twice',
  fix: 'Write real line ends',
  find: (view) =>
    inTexts(view, ({ text, scan: { marks }, part }) =>
      marks & MARK.backslash && !(marks & MARK.newline) && part === 'content' && !CODE.test(text)
        ? match(text, ESCAPED)
        : null,
    ),
  mendText: (text) => text.replaceAll(/(?:\\r)?\\n/g, '\n'),
};
