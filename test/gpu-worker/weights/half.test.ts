import { expect, test } from 'vitest';
import { fromBfloat16, fromFloat16, toFloat16 } from '../../../gpu-worker/weights/half.ts';

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

test('a float16 keeps its bits on the way to float32 and back', () => {
  const patterns = Uint16Array.from({ length: 65_536 }, (_, i) => i);
  const values = new Float32Array(patterns.length);
  fromFloat16(patterns, values);
  const again = toFloat16(values);
  const changed = [...patterns].filter((half) => again[half] !== half && !Number.isNaN(values[half]));
  expect(changed).toEqual([]);
  expect(Number.isNaN(valueOfHalf(toFloat16(Float32Array.of(NaN))[0]!))).toBe(true);
});

test.each([
  ['a tie goes to the even neighbour below', 1 + 2 ** -11, 1],
  ['a tie goes to the even neighbour above', 1 + 3 * 2 ** -11, 1 + 2 ** -9],
  ['more than half way goes up', 1 + 2 ** -11 + 2 ** -20, 1 + 2 ** -10],
  ['a fraction that is full carries into the exponent', 2 - 2 ** -12, 2],
  ['the largest number that is finite', 65_519, 65_504],
  ['from half way beyond it on: infinity', 65_520, Infinity],
  ['far beyond', -1e30, -Infinity],
  ['a tie among subnormals', 2.5 * 2 ** -24, 2 * 2 ** -24],
  ['half of the smallest subnormal', 2 ** -25, 0],
  ['a little more than that', -1.01 * 2 ** -25, -(2 ** -24)],
  ['a subnormal that becomes normal', 2 ** -14 - 2 ** -26, 2 ** -14],
])('%s', (_, value, expected) => {
  const [half] = toFloat16(new Float32Array([0, value]).subarray(1));
  expect(valueOfHalf(half!)).toBe(expected);
});
