import { expect, test } from 'vitest';
import { type Crc64, crc64Ecma, crc64Nvme } from '../../../shared/storage/crc64.ts';

const sum = (make: () => Crc64, ...pieces: Uint8Array[]): string => {
  const crc = make();
  for (const piece of pieces) crc.update(piece);
  return crc.digest().toString(16);
};
const CHECK = Buffer.from('123456789');

// the catalogue's check values: https://reveng.sourceforge.io/crc-catalogue/17plus.htm#crc.cat-bits.64
test.each([
  ['CRC-64/XZ', crc64Ecma, '995dc9bbdf1939fa'],
  ['CRC-64/NVME', crc64Nvme, 'ae8b14860a799888'],
])('%s', (_, make, value) => {
  expect(sum(make, CHECK)).toBe(value);
  expect(sum(make)).toBe('0');
});

test('any cut into pieces gives the same sum', () => {
  const bytes = Uint8Array.from({ length: 1000 }, (_, i) => (i * i) % 251);
  const whole = sum(crc64Ecma, bytes);
  for (const at of [1, 7, 8, 9, 500, 999])
    expect(sum(crc64Ecma, bytes.subarray(0, at), bytes.subarray(at))).toBe(whole);
});
