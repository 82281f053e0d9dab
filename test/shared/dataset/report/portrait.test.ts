import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evenly } from '../../../../shared/dataset/report/evenly.ts';
import { portraitist } from '../../../../shared/dataset/report/portrait.ts';
import { scriptOf } from '../../../../shared/dataset/report/scripts.ts';
import { chat, say } from '../../../helpers/rows-of-text.ts';

test('some of many come evenly from all of them', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.nat(3000), (most, n) => {
      const some = evenly<number>(most);
      for (let i = 0; i < n; i++) some.take(() => i);
      const kept = some.kept();
      expect(kept).toHaveLength(Math.min(most, n));
      expect(kept).toEqual([...new Set(kept)].toSorted((a, b) => a - b));
      // no stretch of three shares without one
      for (const [i, at] of kept.entries())
        expect(at - (kept[i - 1] ?? 0)).toBeLessThanOrEqual((3 * n) / most + 1);
    }),
  );
});

test.each([
  ['Latin', 'Guten Tag, wie geht es Ihnen?'],
  ['Han', '你好，请问 API 怎么用？'],
  ['Kana', 'これは日本語の文章です。'],
  ['Hangul', '안녕하세요'],
  ['Cyrillic', 'Добрый день'],
  ['Arabic', 'مرحبا بالعالم'],
  ['Greek', 'Καλημέρα'],
  ['no letters', '1 + 1 = 2 🙂'],
  ['other letters', 'ሰላም'],
])('%s', (script, text) => {
  expect(scriptOf(text)).toBe(script);
});

describe('a portrait', () => {
  const { see, portrait } = portraitist();
  for (let i = 0; i < 500; i++)
    see({
      file: 'a',
      line: i + 1,
      fate: i % 10 === 0 ? 'held_out' : i === 77 ? 'quarantined' : 'train',
      reason: null,
      row: i === 78 ? null : chat(say('user', i % 2 ? 'how' : '如何'), say('assistant', 'so')),
    });
  const { samples, rows, prompts, answers } = portrait();

  test('has rows of each fate, from all over the file', () => {
    expect(samples.map(({ fate }) => fate)).toEqual([
      'train',
      'train',
      'train',
      'train',
      'held_out',
      'quarantined',
    ]);
    expect(samples[3]!.line).toBeGreaterThan(250);
  });

  test('counts the scripts of what is asked and answered in used rows', () => {
    expect(rows).toBe(498);
    expect(prompts).toEqual({ Latin: 249, Han: 249 });
    expect(answers).toEqual({ Latin: 498 });
  });
});
