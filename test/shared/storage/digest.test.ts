import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { checkOf, type Sums } from '../../../shared/storage/digest.ts';
import { bytesOfPart, countParts, cut } from '../../../shared/storage/parts.ts';

const bytes = Buffer.from('123456789');
const md5 = (data: Uint8Array) => createHash('md5').update(data).digest();
const plain: Sums = { etag: '"not a digest"', etagIsMd5: true };

const holds = (sums: Sums, data: Uint8Array): boolean | null => {
  const check = checkOf(sums, bytes.length);
  if (!check) return null;
  check.update(data.subarray(0, 4));
  check.update(data.subarray(4));
  return check.holds();
};

// check values of the CRC catalogue: cbf43926, ae8b14860a799888, 995dc9bbdf1939fa
const SUMS: readonly (readonly [string, Partial<Sums>])[] = [
  ['the MD5 that an etag is', { etag: '25f9e794323b453885f5181f1b624d0b' }],
  ['a CRC-32', { crc32: 'y/Q5Jg==' }],
  ['a CRC-64/NVME', { crc64Nvme: 'rosUhgp5mIg=' }],
  ['a CRC-64/XZ', { crc64Ecma: '11051210869376104954' }],
  ['a SHA-256', { sha256: 'FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=' }],
  [
    'the MD5 of the MD5s of parts',
    {
      etag: `${md5(Buffer.concat([md5(bytes.subarray(0, 5)), md5(bytes.subarray(5))])).toString('hex')}-2`,
      partBytes: 5,
    },
  ],
];

describe('bytes are held to', () => {
  test.each(SUMS)('%s', (_, sums) => {
    expect(holds({ ...plain, ...sums }, bytes)).toBe(true);
    expect(holds({ ...plain, ...sums }, Buffer.from('123456780'))).toBe(false);
    expect(holds({ ...plain, ...sums }, bytes.subarray(0, 8))).toBe(false);
  });
  test.each<[string, Partial<Sums>]>([
    ['an etag that is no digest', {}],
    ['an etag of an encrypted object', { etag: '25f9e794323b453885f5181f1b624d0b', etagIsMd5: false }],
    ['an etag of other parts than ours', { etag: `${'0'.repeat(32)}-3`, partBytes: 5 }],
    ['sums of parts that nobody knows', { etag: `${'0'.repeat(32)}-2`, crc32: 'y/Q5Jg==-2' }],
  ])('nothing by %s', (_, sums) => {
    expect(holds({ ...plain, ...sums }, bytes)).toBeNull();
  });
});

test('ten thousand parts hold 484 GiB', () => {
  let total = 0;
  for (let n = 1; n <= 10_000; n++) total += bytesOfPart(8 * 2 ** 20, n);
  expect(total / 2 ** 30).toBeCloseTo(484.4, 0);
});

test.each([0, 1, 9, 10, 11, 20, 25])('a stream of %i bytes is cut into full parts', async (length) => {
  const whole = Buffer.from(Uint8Array.from({ length }, (_, i) => i));
  async function* pieces() {
    for (let at = 0; at < length; at += 3) yield whole.subarray(at, at + 3);
  }
  const parts: Uint8Array[] = [];
  for await (const part of cut(Readable.from(pieces()), 10)) parts.push(part);
  expect(Buffer.concat(parts)).toEqual(whole);
  expect(parts.length).toBe(Math.max(1, Math.ceil(length / 10)));
  expect(countParts(10, length)).toBe(parts.length);
  expect(parts.slice(0, -1).every((part) => part.length === 10)).toBe(true);
});
