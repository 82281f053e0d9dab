import { parseStructure } from './json.ts';
import type { Metric } from './metric.ts';
import { wordsOf } from './words.ts';

const JSON_MARKS = /[{}[\]",:]/g;

/** F1 of the two bags of words, https://arxiv.org/abs/1606.05250 §6.1. No words on a side: 1 where both have none, else 0. */
export const wordOverlap = (answer: string, reference: string): number => {
  const given = wordsOf(answer);
  const wanted = wordsOf(reference);
  if (given.length === 0 || wanted.length === 0) return Number(given.length === wanted.length);
  const left = new Map<string, number>();
  for (const word of wanted) left.set(word, (left.get(word) ?? 0) + 1);
  let common = 0;
  for (const word of given) {
    const n = left.get(word) ?? 0;
    if (n === 0) continue;
    common += 1;
    left.set(word, n - 1);
  }
  return (2 * common) / (given.length + wanted.length); // = 2PR / (P + R)
};

export const tokenF1: Metric = {
  name: 'token_f1',
  better: 'higher',
  unit: 'share',
  what: 'Overlap of words between answer and reference, as SQuAD counts it: F1 = 2 · common words / (words of the answer + words of the reference), without case, punctuation and English articles; in Chinese, Japanese and other scripts without spaces each character is a word. Where the reference answer is JSON, its marks separate words.',
  applies: ({ references }) => references.length > 0,
  leads: ({ references }) => references.length > 0,
  score({ answer, reference }) {
    if (!parseStructure(reference)) return wordOverlap(answer, reference);
    return wordOverlap(answer.replace(JSON_MARKS, ' '), reference.replace(JSON_MARKS, ' '));
  },
};
