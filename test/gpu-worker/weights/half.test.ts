import { expect, test } from 'vitest';
import { fromBfloat16, fromFloat16 } from '../../../gpu-worker/weights/half.ts';

// IEEE 754 binary16: (−1)^s · 2^(e − 15) · (1 + f / 1024), without the hidden bit where e = 0
const valueOfHalf = (half: number): number => {
  const [sign, e, f] = [half & 0x8000 ? -1 : 1, (half >> 10) & 31, half & 1023];
  if (e === 31) return f === 0 ? sign * Infinity : NaN;
  return e === 0 ? sign * f * 2 ** -24 : sign * (1 + f / 1024) * 2 ** (e - 15);
};

test('every one of the 65 536 float16 patterns has its IEEE value', () => {
  const patterns = Uint16Array.from({ length: 65_536 }, (_, i) => i);
  const values = new Float32Array(patterns.length);
  fromFloat16(patterns, values);
  const wrong = [...patterns].filter((half) => !Object.is(values[half], valueOfHalf(half)));
  expect(wrong).toEqual([]);
});

test('a bfloat16 is the upper half of a float32, written into the place given', () => {
  const out = new Float32Array(6);
  fromBfloat16(Uint16Array.of(0x3f80, 0xc049, 0x7f80, 0x0001), out.subarray(1, 5));
  expect([...out]).toEqual([0, 1, -3.140625, Infinity, 2 ** -133, 0]);
});
