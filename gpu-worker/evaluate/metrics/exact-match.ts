import type { Metric } from './metric.ts';
import { wordsOf } from './words.ts';

const LABEL_WORDS = 3;

const form = (text: string): string => text.trim().normalize('NFC');

/** Decides only where most references are labels: of two long texts, equality says next to nothing. */
export const exactMatch: Metric = {
  name: 'exact_match',
  better: 'higher',
  unit: 'share',
  what: 'Share of answers that equal the reference answer character by character, after white space at both ends is removed and Unicode is composed (NFC).',
  applies: ({ references }) => references.length > 0,
  leads: ({ references }) =>
    references.length > 0 &&
    references.filter((text) => wordsOf(text).length <= LABEL_WORDS).length * 2 > references.length,
  score: ({ answer, reference }) => Number(form(answer) === form(reference)),
};
