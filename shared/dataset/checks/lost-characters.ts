import { excerptOf } from '../place.ts';
import { inTexts, match, warns, type RowCheck } from './check.ts';
import { hasGbkMojibake, isAboutEncoding } from './encodings.ts';
import { MARK } from './scan.ts';
import { HAS } from './view.ts';

/** U+FFFD and what it looks like in GBK; memory that was never written, as Chinese Windows shows it. */
const LOST = /\ufffd|锟斤拷|烫烫烫|屯屯屯/;

/** A text in a script that the encoding did not have: a question mark for each of its letters. */
const isQuestionMarks = (text: string): boolean =>
  text.includes('????') && text.replaceAll(/[^?]/g, '').length * 5 > text.replaceAll(/\s/g, '').length * 3;

export const lostCharacters: RowCheck = {
  code: 'lost_characters',
  needs: MARK.replacement | MARK.question | HAS.han,
  ...warns,
  message: 'Characters were lost when the text was saved in, or read with, the wrong encoding',
  fix: 'Export the text again as UTF-8: what was lost cannot be guessed',
  find(view) {
    const found = inTexts(view, ({ text, scan }) => {
      const lost = scan.marks & MARK.replacement || scan.han > 0 ? match(text, LOST) : null;
      if (lost !== null) return lost;
      if (scan.han > 0 && hasGbkMojibake(text) === 'lost') return excerptOf(text);
      if ((scan.marks & MARK.question) === 0 || text.length >= 10_000) return null;
      return isQuestionMarks(text) ? excerptOf(text) : null;
    });
    return found.length > 0 && isAboutEncoding(view) ? [] : found;
  },
};
