import { inTexts, match, remarks, type RowCheck } from './check.ts';
import { MARK } from './scan.ts';

const COMBINED = /\p{L}[\u0300-\u036f]/u;

export const notNormalised: RowCheck = {
  code: 'not_normalised',
  needs: MARK.combining,
  ...remarks,
  fixable: true,
  message: 'Accents stand apart from their letters (not Unicode NFC): é becomes other tokens than usual',
  fix: 'Normalise the text to NFC',
  find: (view) =>
    inTexts(view, ({ text, scan }) =>
      scan.marks & MARK.combining && text.normalize('NFC') !== text
        ? (match(text, COMBINED) ?? match(text, /[\u0300-\u036f]/))
        : null,
    ),
  mendText: (text) => text.normalize('NFC'),
};
