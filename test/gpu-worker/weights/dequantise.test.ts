import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { BLOCK_FORMATS } from '../../../gpu-worker/weights/dequantise.ts';

type Vector = { type: number; blocks: string; values: string };
const fixture = new URL('../../fixtures/gguf/quants.json', import.meta.url);
const vectors = JSON.parse(readFileSync(fixture, 'utf8')) as Record<string, Vector>;
const decode = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));

test.each(Object.entries(vectors))(
  '%s has the values that gguf-py has, to the bit',
  (name, { type, blocks, values }) => {
    const format = BLOCK_FORMATS.get(type)!;
    const source = decode(blocks);
    const expected = new Float32Array(decode(values).buffer);
    expect([format.name, (source.length / format.bytes) * format.elements]).toEqual([name, expected.length]);
    const out = new Float32Array(expected.length);
    format.dequantise(source, out);
    expect(out).toEqual(expected);
  },
);

test('every format has its vector', () => {
  expect(Array.from(BLOCK_FORMATS.values(), (f) => f.name).toSorted()).toEqual(
    Object.keys(vectors).toSorted(),
  );
});

test('sixteen-bit values at an odd address are read as well', () => {
  const shifted = new Uint8Array(5);
  shifted.set(Uint8Array.of(0x00, 0x3c, 0x00, 0xc0), 1);
  const out = new Float32Array(2);
  BLOCK_FORMATS.get(1)!.dequantise(shifted.subarray(1), out);
  expect([...out]).toEqual([1, -2]);
});
