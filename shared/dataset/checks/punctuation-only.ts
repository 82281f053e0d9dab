import { excerptOf } from '../place.ts';
import { inTexts, warns, type RowCheck } from './check.ts';
import { lettersOf } from './scan.ts';
import { HAS } from './view.ts';

export const punctuationOnly: RowCheck = {
  code: 'punctuation_only',
  needs: HAS.bare,
  ...warns,
  message: 'An answer is nothing but punctuation',
  fix: 'Write the answer, or remove the row',
  find: (view) =>
    inTexts(view, ({ text, scan, learnt, role }) =>
      learnt &&
      role !== 'text' &&
      lettersOf(scan) === 0 &&
      scan.digits === 0 &&
      /^[\p{P}\s]*$/u.test(text) &&
      /\p{P}/u.test(text)
        ? excerptOf(text)
        : null,
    ),
};
