import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonLine, readLines, splitLines, type Line } from '../../shared/jsonl.ts';

const cut = async function* (bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
};

const read = async (body: string | Uint8Array, size: number): Promise<readonly Line[]> => {
  const lines: Line[] = [];
  for await (const line of readLines(cut(Buffer.from(body), size))) lines.push(line);
  return lines;
};

test.each([1, 2, 3, 1000])('lines are the same when bytes come %i at a time', async (size) => {
  expect(await read('\ufeffeins\r\nzwei 😀\n\n西红市\r', size)).toEqual([
    { line: 1, text: 'eins' },
    { line: 2, text: 'zwei 😀' },
    { line: 3, text: '' },
    { line: 4, text: '西红市' },
  ]);
});

test('nothing after the last newline is no line, and no bytes are none', async () => {
  expect(await read('a\n', 8)).toEqual([{ line: 1, text: 'a' }]);
  expect(await read('', 8)).toEqual([]);
});

test('other line separators of Unicode stay inside their line', async () => {
  expect(await read('a\u2028b\u0085c\n', 2)).toEqual([{ line: 1, text: 'a\u2028b\u0085c' }]);
});

test('bytes that are not UTF-8 are an error, also half a character at the end', async () => {
  await expect(read(Buffer.from([0x61, 0xff, 0x0a]), 8)).rejects.toMatchObject({ code: 'broken_file' });
  await expect(read(Buffer.from('西').subarray(0, 2), 8)).rejects.toMatchObject({ code: 'broken_file' });
});

const broken = async function* (): AsyncGenerator<Uint8Array> {
  yield Buffer.from('a\n');
  throw new RangeError('gone');
};

test('an error of the source comes through as it is', async () => {
  await expect(async () => {
    for await (const _ of readLines(broken()));
  }).rejects.toThrow(RangeError);
});

test('a line of 30 MB in small pieces takes time in proportion to its length', async () => {
  const piece = Buffer.alloc(16_384, 'x');
  const pieces = async function* (): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < 1920; i++) yield piece;
  };
  const begin = performance.now();
  const lines: number[] = [];
  for await (const { text } of readLines(pieces())) lines.push(text.length);
  expect(lines).toEqual([1920 * 16_384]);
  expect(performance.now() - begin).toBeLessThan(5000);
});

test('what jsonLine writes, lines give back, wherever the text is cut', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.json()), fc.integer({ min: 1, max: 9 }), async (values, size) => {
      const rows = values.map((value): unknown => JSON.parse(value));
      const text = rows.map(jsonLine).join('');
      const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
      const back: unknown[] = [];
      for await (const line of splitLines(pieces)) back.push(JSON.parse(line.text));
      expect(back).toEqual(rows);
    }),
    { numRuns: 60 },
  );
});
