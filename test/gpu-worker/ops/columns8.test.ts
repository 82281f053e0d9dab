/** A frozen matrix as rotated columns of bytes. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Graph, type Value } from '../../../gpu-worker/onnx/graph.ts';
import { emit } from '../../../gpu-worker/ops/define.ts';
import { columns8, fromColumns8 } from '../../../gpu-worker/ops/quantised.ts';
import { evaluate, uniform } from '../../helpers/gradcheck.ts';
import { rotatedColumns } from '../../helpers/hadamard.ts';

const asFloat = (values: Value): Value =>
  emit('Cast', [values], { dtype: 'float32', shape: values.shape }, { attrs: { to: 1 } });

/** a matrix with a few large values in it, as weights have */
const uneven = (n: number, seed: number) => uniform(n, seed).map((x) => x ** 5);

/** The bytes of a matrix [k, n] and their scales, as numbers. */
const columnsOf = async (matrix: Float32Array, [k, n]: readonly [number, number], pairs: boolean) => {
  const graph = new Graph();
  const made = columns8(graph.input('w', 'float32', [k, n]), pairs);
  const [values, scales] = await evaluate([asFloat(made.values), made.scales], {
    w: { data: matrix, shape: [k, n] },
  });
  return { values: values!, scales: scales! };
};

const dim = fc.integer({ min: 1, max: 24 });
const sizes = fc.record({ k: dim, n: dim, seed: fc.nat(1000), pairs: fc.boolean() });

test('a column in 8 bits is off by half its scale at most, and its largest value or pair takes 127', () =>
  fc.assert(
    fc.asyncProperty(sizes, async ({ k, n, seed, pairs }) => {
      const matrix = uneven(k * n, seed);
      const { values, scales } = await columnsOf(matrix, [k, n], pairs);
      const largest = new Float64Array(n);
      for (const [i, x] of rotatedColumns(matrix, k).entries()) {
        const scale = scales[i % n]!;
        expect(Math.abs(values[i]! * scale - x)).toBeLessThanOrEqual(scale * 0.5001 + 1e-6 * Math.abs(x));
        const other = pairs && i < n * (k - (k % 2)) ? values[Math.floor(i / n) % 2 ? i - n : i + n]! : 0;
        largest[i % n] = Math.max(largest[i % n]!, Math.abs(values[i]!), Math.abs(values[i]! + other));
      }
      for (const size of largest) expect(Math.abs(size - 127)).toBeLessThanOrEqual(pairs ? 1 : 0);
    }),
    { numRuns: 40 },
  ));

test('no pair of rows can reach 2¹⁵ with any bytes, where that is asked for', () =>
  fc.assert(
    fc.asyncProperty(sizes, async ({ k, n, seed }) => {
      const { values } = await columnsOf(uneven(2 * k * n, seed), [2 * k, n], true);
      for (let row = 0; row < 2 * k; row += 2)
        for (let j = 0; j < n; j++) {
          const [a, b] = [values[row * n + j]!, values[(row + 1) * n + j]!];
          const most = 255 * (Math.max(a, 0) + Math.max(b, 0));
          const least = 255 * (Math.min(a, 0) + Math.min(b, 0));
          expect(most).toBeLessThan(2 ** 15);
          expect(least).toBeGreaterThanOrEqual(-(2 ** 15));
        }
    }),
    { numRuns: 40 },
  ));

test('8-bit columns give back what was stored, rotated back: off by no more than all their roundings', async () => {
  const [k, n] = [48, 5];
  const matrix = uneven(k * n, 6);
  const graph = new Graph();
  const made = columns8(graph.constant(matrix, [k, n], 'float32'), false);
  const [got, scales] = await evaluate([fromColumns8(made), made.scales], {});
  for (let j = 0; j < n; j++) {
    const off = Array.from({ length: k }, (_, i) => got![i * n + j]! - matrix[i * n + j]!);
    expect(Math.hypot(...off)).toBeLessThanOrEqual((Math.sqrt(k) * scales![j]!) / 2);
    expect(Math.hypot(...off)).toBeGreaterThan(0);
  }
});
