import { excerptOf } from '../place.ts';
import { inTexts, warns, type RowCheck } from './check.ts';
import { HAS } from './view.ts';

/** What programs write where a cell is empty or a formula failed. */
const MARKERS = new Set(
  'nan NaN <NA> NaT undefined #N/A #REF! #VALUE! #NAME? #DIV/0! #NULL!'.split(' ').concat('[object Object]'),
);
/** As an answer they may be meant, as a question never. */
const QUESTIONS = new Set(['None', 'null', 'NULL', 'N/A', 'n/a']);
const ABOUT =
  /javascript|python|pandas|numpy|typeof|undefined|\bnan\b|excel|spreadsheet|formula|`|console|\bcell\b|code/i;

export const emptyMarker: RowCheck = {
  code: 'empty_marker',
  needs: HAS.short,
  ...warns,
  message: 'A text is what a program writes for an empty cell: nan, #N/A, [object Object]',
  fix: 'Export the column again, or remove the row',
  find(view) {
    const found = inTexts(view, ({ text, learnt, role, message }) => {
      if (text.length > 20 || (role !== 'user' && !learnt)) return null;
      const word = text.trim();
      const first = role === 'user' && message <= 1;
      return MARKERS.has(word) || (first && QUESTIONS.has(word)) ? excerptOf(text) : null;
    });
    if (found.length === 0) return found;
    const meant = view.texts.some(
      ({ text, role }) => role === 'user' && text.length > 12 && ABOUT.test(text),
    );
    return meant ? [] : found;
  },
};
