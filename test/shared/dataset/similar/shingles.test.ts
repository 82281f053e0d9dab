import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gramsOf } from '../../../../shared/dataset/similar/grams.ts';
import { unitsOf } from '../../../../shared/dataset/similar/normal.ts';
import { likeness, shinglesOf } from '../../../../shared/dataset/similar/shingles.ts';
import { estimate, sketchOf } from '../../../../shared/dataset/similar/sketch.ts';

const setOf = (text: string): ReadonlySet<string> => {
  const plain = text.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ');
  return new Set(Array.from(plain, (_, i) => `    ${plain}`.slice(i, i + 5)));
};

/** Jaccard of 5-grams by sets of strings; 1 where there are none. */
const jaccard = (a: string, b: string): number => {
  const [x, y] = [setOf(a), setOf(b)];
  const common = [...x].filter((gram) => y.has(gram)).length;
  return x.size + y.size === 0 ? 1 : common / (x.size + y.size - common);
};

const ofText = (said: string): Int32Array => shinglesOf(unitsOf([said]));

const grams = (said: string): Int32Array => gramsOf(unitsOf([said])).slice();

const pseudoWord = (i: number): string => `w${((i * 7919) % 1009) + 1}x`;
const pseudoText = (from: number): string =>
  Array.from({ length: 150 }, (_, i) => pseudoWord(from + i)).join(' ');
const words = (n: number, from = 0): string =>
  Array.from({ length: n }, (_, i) => `word${from + i}`).join(' ');

const text = fc.oneof(
  fc
    .array(fc.constantFrom('the', 'cat', 'Sat', 'on', ' ', 'a', 'mat', '\n'), { maxLength: 30 })
    .map((w) => w.join(' ')),
  fc
    .array(fc.constantFrom(...'天地玄黄宇宙洪荒日月盈昃辰宿列张Ａｂ'), { maxLength: 40 })
    .map((c) => c.join('')),
);

describe('shingles', () => {
  test('likeness is the Jaccard of sets of 5-grams, in any script', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        fc.pre(a.trim() === a && b.trim() === b);
        expect(likeness(ofText(a), ofText(b))).toBeCloseTo(jaccard(a, b), 10);
      }),
    );
  });
  test('width, case and white space do not matter', () => {
    const same = ['Ｈｅｌｌｏ　Ｗｏｒｌｄ，你好！', 'hello  world,你好!', 'HELLO\nworld,你好!'].map((t) =>
      ofText(t),
    );
    expect(likeness(same[0]!, same[1]!)).toBe(1);
    expect(likeness(same[1]!, same[2]!)).toBe(1);
    expect(likeness(same[0]!, ofText('hello world,再见!'))).toBeLessThan(0.9);
  });
  test('a sketch estimates likeness', () => {
    for (const shift of [0, 5, 15, 40, 80, 200]) {
      const [a, b] = [pseudoText(0), pseudoText(shift)];
      const [x, y] = [a, b].map((t) => Uint8Array.from(sketchOf(unitsOf([t]))));
      expect(Math.abs(estimate(x!, y!) - jaccard(a, b))).toBeLessThan(0.15);
    }
  });
});

describe('grams', () => {
  test('there is one for each run of 13 words or characters, the same wherever it stands', () => {
    expect(grams(words(12)).length).toBe(0);
    expect(grams(words(20)).length).toBe(8);
    expect(grams('天地玄黄宇宙洪荒日月盈昃辰宿').length).toBe(2);
    const within = new Set(grams(`Before, ${words(20).replaceAll(' ', ', ')} and AFTER`.toUpperCase()));
    expect([...grams(words(20))].every((gram) => within.has(gram))).toBe(true);
  });
  test('other words give others', () => {
    const all = new Set([...grams(words(100)), ...grams(words(100, 1000))]);
    expect(all.size).toBe(176);
  });
});
