import { around, inTexts, warns, type RowCheck } from './check.ts';

/** Cyrillic letters that look like Latin ones, and the other way round. */
const CYRILLIC_ALIKE = /^[аеорсухіјѕԁһԛԝАВЕКМНОРСТУХІЈЅ]+$/;
const LATIN_ALIKE = /^[aeopcyxijsABEKMHOPCTYXIJS]+$/;
const MIXED = /(?:[a-z]+[а-яёіјѕ]|[а-яёіјѕ]+[a-z])[a-zа-яёіјѕ]*/gi;

const ABBREVIATION = /^[A-Z]{2,}/; // with an ending of the other language, as in SMSку

const isForged = (word: string): boolean =>
  word.length > 2 &&
  !ABBREVIATION.test(word) &&
  (CYRILLIC_ALIKE.test(word.replaceAll(/[a-z]/gi, '')) || LATIN_ALIKE.test(word.replaceAll(/[^a-z]/gi, '')));

export const lookalikeLetters: RowCheck = {
  code: 'lookalike_letters',
  ...warns,
  message: 'A word mixes Latin and Cyrillic letters that look the same',
  fix: 'Write the word in one alphabet',
  find: (view) =>
    inTexts(view, ({ text, scan }) => {
      if (scan.cyrillic === 0 || scan.latin === 0) return null;
      for (const { 0: word, index } of text.matchAll(MIXED)) if (isForged(word)) return around(text, index);
      return null;
    }),
};
