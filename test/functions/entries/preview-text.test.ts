import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { describePreview } from '../../../functions/entries/cli/preview-text.ts';
import type { Preview } from '../../../shared/contracts/preview.ts';
import { lengthTally } from '../../../shared/text/preview/lengths.ts';
import { encodeInput, previewRow } from '../../../shared/text/preview/row.ts';
import { chat, say } from '../../helpers/rows-of-text.ts';
import { tokenizer } from '../../helpers/tiny-tokenizer.ts';

const row = chat(say('user', 'hello\u001B[2J\nworld'), say('assistant', 'yes', { weight: 0.5 }));
const input = { number: 3, file: 'faq.jsonl', line: 7, fate: 'train' as const, reason: null, row };
const previewOf = (maxLength: number): Preview => {
  const options = { objective: 'sft' as const, maxLength };
  const tally = lengthTally(maxLength);
  tally.add(encodeInput(tokenizer, input, options));
  return {
    version: 1,
    base: 'nano',
    objective: 'sft',
    max_length: maxLength,
    rows: [previewRow(tokenizer, input, options)],
    lengths: tally.result(),
  };
};
const plain = { outColor: false };

test('says where a row is, how long it is, what is learnt and why', () => {
  const text = describePreview(previewOf(1000), plain, true);
  expect(text).toContain('row 3, line 7 of faq.jsonl: trained on');
  expect(text).toMatch(/\d+ tokens of at most 1,000, \d+ learnt\n/);
  expect(text).toMatch(/▶ learnt × 0\.5 +\d+ {2}assistant, message 2 +y│?e?│?s/);
  expect(text).toMatch(/context +\d+ {2}user, message 1 +hello/);
  expect(text).toContain('every row is read whole');
});

test('what is cut stands there as cut', () => {
  const text = describePreview(previewOf(12), plain, true);
  expect(text).toMatch(/✂ cut/);
  expect(text).toContain('left out: nothing is left to learn');
  expect(text).toMatch(/max_length 12: 1 row \(100 %\) is cut/);
});

test('no character of the data reaches the terminal as a command, and colours only where they are wanted', () => {
  const text = describePreview(previewOf(1000), plain, true);
  expect(text).toContain('\\u001b│[');
  expect(text).not.toMatch(/[^\P{Cc}\n]/u);
  const painted = describePreview(previewOf(1000), { outColor: true }, true);
  expect(painted).toContain('\u001B[32m');
  expect(stripVTControlCharacters(painted)).toBe(text);
});

test('long segments are shortened unless the row was asked for', () => {
  const long = { ...input, row: chat(say('user', 'x1'.repeat(100)), say('assistant', 'y')) };
  const rows = [previewRow(tokenizer, long, { objective: 'sft', maxLength: 1000 })];
  const preview = { ...previewOf(1000), rows };
  expect(describePreview(preview, plain, false)).toMatch(/… \d+ more tokens/);
  expect(describePreview(preview, plain, true)).not.toContain('more tokens');
});
