import { expect, test } from 'vitest';
import { codes, forgetCodes, keepCodes, placeCodes } from '../../../shared/dataset/codes.ts';

const unitsOf = (text: string): number[] => Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));

const read = (text: string): number[] => {
  const from = placeCodes(text);
  return [...codes().subarray(from, from + text.length)];
};

const texts = ['', 'short', 'a lone \ud83d surrogate, and é', '漢字'.repeat(40), 'x'.repeat(150_000)];

test('a text is copied unit by unit, whether it was kept before or not', () => {
  for (const text of texts) expect(read(text)).toEqual(unitsOf(text));
  forgetCodes();
  for (const text of texts) keepCodes(text);
  for (const text of [...texts, ...texts.toReversed()]) expect(read(text)).toEqual(unitsOf(text));
});

test('what is not kept leaves alone what is', () => {
  forgetCodes();
  const kept = 'a text that others will ask for';
  keepCodes(kept);
  read('another text, of which nobody will hear again');
  expect(read(kept)).toEqual(unitsOf(kept));
});
