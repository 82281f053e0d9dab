import { expect, test } from 'vitest';
import { BLOCK, blocks4, blocks8, migration, NF4, transposed } from '../../../gpu-worker/ops/quantise.ts';
import { uniform } from '../../helpers/gradcheck.ts';

test('blocks of 64 have a scale of their own, and the last one may be short', () => {
  const values = Float32Array.from({ length: BLOCK + 3 }, (_, i) => (i < BLOCK ? 1000 - i : i / 1000));
  const { codes, scales } = blocks8(values);
  expect(codes.length).toBe(2 * BLOCK);
  for (const [i, x] of values.entries()) {
    const scale = scales[Math.floor(i / BLOCK)]!;
    expect(Math.abs(codes[i]! * scale - x)).toBeLessThanOrEqual((scale / 2) * (1 + 1e-5));
  }
});

const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
/** Φ by Simpson's rule */
const above = (x: number): number => {
  const [n, h] = [400, x / 400];
  let sum = density(0) + density(x);
  for (let i = 1; i < n; i++) sum += (i % 2 ? 4 : 2) * density(i * h);
  return 0.5 + (sum * h) / 3;
};
/** Φ⁻¹ by bisection: slow, and nothing to do with the table it checks. */
const quantile = (p: number): number => {
  let [low, high] = [0, 5];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (above(middle) < p) low = middle;
    else high = middle;
  }
  return low;
};

test('the levels of NF4 are quantiles of the normal distribution, as bitsandbytes computes them', () => {
  const offset = 0.9677083; // half of what lies outside the outermost of 16 and of 15 quantiles
  const line = (n: number) =>
    Array.from({ length: n - 1 }, (_, i) => quantile(offset + ((0.5 - offset) * i) / (n - 1)));
  const [positive, negative] = [line(9), line(8)];
  const levels = [...negative.map((x) => -x), 0, ...positive].toSorted((a, b) => a - b);
  for (const [i, level] of levels.entries()) expect(NF4[i]! - level / positive[0]!).toBeCloseTo(0, 5);
  expect(NF4).toHaveLength(16);
});

test('a value in 4 bits is the nearest level of its block, two a byte, the first one high', () => {
  const values = uniform(3 * BLOCK + 5, 3);
  const { codes, scales } = blocks4(values);
  expect(codes.length).toBe(2 * BLOCK);
  for (const [i, x] of values.entries()) {
    const code = i % 2 === 0 ? codes[i >> 1]! >> 4 : codes[i >> 1]! & 15;
    const scale = scales[Math.floor(i / BLOCK)]!;
    const off = Math.abs(NF4[code]! * scale - x);
    for (const level of NF4) expect(off).toBeLessThanOrEqual(Math.abs(level * scale - x) + 1e-7);
  }
  expect(blocks4(Float32Array.of(-1, 1, 0, 0.3)).codes.slice(0, 3)).toEqual(Uint8Array.of(0x0f, 0x7b, 0x77));
});

test('migration meets halfway: with α = ½ a channel is as large in the activations as in the weights', () => {
  const [activations, weights] = [Float32Array.of(100, 1, 4), Float32Array.of(1, 1, 0.5)];
  const factors = migration(activations, weights, 0.5);
  const ratios = factors.map((m, i) => (weights[i]! * m) / (activations[i]! / m));
  for (const ratio of ratios) expect(ratio / ratios[0]!).toBeCloseTo(1, 5);
  expect(
    migration(Float32Array.of(0, 1), Float32Array.of(1, 0), 0.5).every((m) => m > 0 && m < Infinity),
  ).toBe(true);
});

test('a transposed matrix has its values where they belong', () => {
  const matrix23 = Float32Array.of(1, 2, 3, 4, 5, 6);
  expect(transposed(matrix23, 2, 3)).toEqual(Float32Array.of(1, 4, 2, 5, 3, 6));
});
