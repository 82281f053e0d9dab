import { inTexts, match, quarantines, type RowCheck } from './check.ts';
import { MARK } from './scan.ts';

export const loneSurrogate: RowCheck = {
  code: 'lone_surrogate',
  needs: MARK.surrogate,
  ...quarantines,
  message:
    'Half a character (a lone surrogate): the text was cut or decoded wrongly, and no tokenizer can read it',
  fix: 'Write the character whole, or remove the half',
  find: (view) =>
    inTexts(view, ({ text, scan }) => (scan.marks & MARK.surrogate ? match(text, /\p{Surrogate}/u) : null)),
};
