import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WORD, wordsIn } from '../../../../shared/dataset/checks/words.ts';

test('knows words by their beginnings, in either case', () => {
  expect(wordsIn("I'm SORRY")).toBe(WORD.declines);
  expect(wordsIn('as an AI')).toBe(WORD.declines);
  expect(wordsIn('todo: later')).toBe(WORD.unfinished);
  expect(wordsIn('citeturn0search1')).toBe(WORD.copied);
  expect(wordsIn('made by Anthropic, TBD')).toBe(WORD.maker | WORD.unfinished);
});

test('a word in the middle of another is none', () => {
  expect(wordsIn('the main pair, mytodo')).toBe(0);
  expect(wordsIn('')).toBe(0);
});

test('whatever stands around a word, it is seen', () => {
  const around = fc.string({ unit: fc.constantFrom(' ', '\n', '-', '9', '_', '。', '你', 'é', '𝒳', '\0') });
  fc.assert(
    fc.property(around, fc.lorem({ maxCount: 3 }), (gap, other) => {
      expect(wordsIn(`${other}${gap} afraid${gap}${other}`) & WORD.declines).toBe(WORD.declines);
    }),
  );
});
