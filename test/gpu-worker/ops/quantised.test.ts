/** Linears over a weight in 8 or 4 bits against plain products with the matrix that the bits stand for. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backward } from '../../../gpu-worker/autodiff/backward.ts';
import { Graph, type Inputs, type Value } from '../../../gpu-worker/onnx/graph.ts';
import { part } from '../../../gpu-worker/onnx/model.ts';
import { emit } from '../../../gpu-worker/ops/define.ts';
import { mul } from '../../../gpu-worker/ops/elementwise.ts';
import { mT } from '../../../gpu-worker/ops/movement.ts';
import { linear, matmul } from '../../../gpu-worker/ops/product.ts';
import {
  backward8,
  columns8,
  type Directions,
  forward8,
  fromBlocks4,
  fromBlocks8,
  fromColumns8,
  frozenLinear,
  type Matrix8,
  product8,
  rows8,
  throughFloat,
} from '../../../gpu-worker/ops/quantised.ts';
import { openSessions, tensor } from '../../../gpu-worker/runtime/session.ts';
import { BLOCK, blocks4, blocks8, NF4 } from '../../../gpu-worker/ops/quantise.ts';
import { evaluate, gradcheck, uniform } from '../../helpers/gradcheck.ts';
import { rotatedRows } from '../../helpers/hadamard.ts';

const vector = (graph: Graph, data: Float32Array): Value => graph.constant(data, [data.length], 'float32');
const blocksOf = (
  graph: Graph,
  weight: Float32Array,
  shape: readonly [number, number],
  bits: 8 | 4,
): Value => {
  if (bits === 8) {
    const { codes, scales } = blocks8(weight);
    return fromBlocks8(graph.constant(codes, [scales.length, BLOCK], 'int8'), vector(graph, scales), shape);
  }
  const { codes, scales } = blocks4(weight);
  const stored = graph.constant(codes, [scales.length, BLOCK / 2], 'uint8');
  return fromBlocks4(stored, vector(graph, scales), NF4, shape);
};

const asFloat = (values: Value): Value =>
  emit('Cast', [values], { dtype: 'float32', shape: values.shape }, { attrs: { to: 1 } });

/** A matrix as it is multiplied: rotated. */
const meant = ({ values, scales }: Matrix8): Value => mul(asFloat(values), scales);

/** |x·W − rounded x·W| ≤ Σₖ ½·(scale of the row)·|W[k, n]|, x and W as they are multiplied. Float arithmetic adds 1e-5 of
 *  the sums of magnitudes. */
const expectRounded = (y: Float32Array, x: Float32Array, w: Float32Array, k: number): void => {
  const n = w.length / k;
  for (let row = 0; row < x.length / k; row++) {
    const values = x.subarray(row * k, (row + 1) * k);
    const scale = values.reduce((a, v) => Math.max(a, Math.abs(v)), 0) / 127;
    for (let j = 0; j < n; j++) {
      let [exact, bound] = [0, 0];
      for (const [i, v] of values.entries()) {
        exact += v * w[i * n + j]!;
        bound += (scale / 2 + 1e-5 * Math.abs(v)) * Math.abs(w[i * n + j]!);
      }
      expect(Math.abs(y[row * n + j]! - exact)).toBeLessThanOrEqual(bound + 1e-6);
    }
  }
};

test('8-bit products stay within the rounding of their rows, there and back', () =>
  fc.assert(
    fc.asyncProperty(
      fc.record({
        m: fc.integer({ min: 1, max: 5 }),
        out: fc.integer({ min: 1, max: 40 }),
        width: fc.integer({ min: 1, max: 70 }),
        seed: fc.nat(1000),
      }),
      async ({ m, out, width, seed }) => {
        const weight = uniform(out * width, seed).map((x) => x ** 3); // [out, width]
        const divisors = uniform(width, seed + 1, 0.2, 2);
        const [x, g] = [uniform(m * width, seed + 2), uniform(m * out, seed + 3)];
        const graph = new Graph();
        const input = graph.input('x', 'float32', [m, width]);
        const w = graph.constant(weight, [out, width], 'float32');
        const there = columns8(mT(mul(w, vector(graph, divisors))), true);
        const back = columns8(w, true);
        const y = frozenLinear(input, {
          forward: forward8(there, (rows) => rows8(rows, vector(graph, divisors))),
          backward: backward8(back),
        });
        const dx = backward(y, graph.constant(g, [m, out], 'float32'), [input])[0]!;
        const outputs = [y, dx, meant(there), meant(back)] as const;
        const found = await evaluate(outputs, { x: { data: x, shape: [m, width] } });
        const even = x.map((v, i) => v / divisors[i % width]!);
        expectRounded(found[0]!, rotatedRows(even, width), found[2]!, width);
        expectRounded(found[1]!, rotatedRows(g, out), found[3]!, out);
      },
    ),
    { numRuns: 25 },
  ));

test('the largest bytes against the largest pairs of a weight are summed exactly on any processor', async () => {
  const [k, n] = [64, 16];
  const graph = new Graph();
  const matrix = {
    values: graph.constant(new Int8Array(k * n).fill(64), [k, n], 'int8'), // 255·(64 + 64) < 2¹⁵
    scales: vector(graph, new Float32Array(n).fill(1)),
  };
  const rows = {
    bytes: graph.constant(new Uint8Array(4 * k).fill(255), [4, k], 'uint8'),
    scales: graph.constant(new Float32Array(4).fill(1), [4, 1], 'float32'),
  };
  const [got] = await evaluate([product8(rows, matrix)], {});
  expect(got).toEqual(new Float32Array(4 * n).fill(k * 127 * 64));
});

test('a row of zeros stays zero', async () => {
  const graph = new Graph();
  const x = graph.input('x', 'float32', [2, 8]);
  const columns = columns8(graph.constant(uniform(64, 1), [8, 8], 'float32'), true);
  const y = frozenLinear(x, {
    forward: forward8(columns, (rows) => rows8(rows, null)),
    backward: () => null,
  });
  const [got] = await evaluate([y], { x: { data: new Float32Array(16).fill(1, 8), shape: [2, 8] } });
  expect(got!.slice(0, 8)).toEqual(new Float32Array(8));
  expect(got!.slice(8).every((v) => Number.isFinite(v) && v !== 0)).toBe(true);
});

const [OUT, WIDTH] = [5, 27]; // 135 values: the third block is short
const weight = uniform(OUT * WIDTH, 4);
const stored: readonly [string, (graph: Graph) => Value][] = [
  ['8-bit columns', (graph) => fromColumns8(columns8(graph.constant(weight, [OUT, WIDTH], 'float32'), true))],
  ['8-bit blocks', (graph) => blocksOf(graph, weight, [OUT, WIDTH], 8)],
  ['4-bit blocks', (graph) => blocksOf(graph, weight, [OUT, WIDTH], 4)],
];
describe('a weight made float inside the graph', () => {
  for (const [name, matrix] of stored) {
    const through = (x: Value): Directions => throughFloat(() => matrix(x.graph));
    test(`${name}: the gradient agrees with finite differences`, () =>
      gradcheck((x) => frozenLinear(x!, through(x!)), [[3, WIDTH]]));

    test(`${name}: product and gradient are those of a plain linear, to the last sums`, async () => {
      const graph = new Graph();
      const x = graph.input('x', 'float32', [3, WIDTH]);
      const g = graph.constant(uniform(3 * OUT, 9), [3, OUT], 'float32');
      const y = frozenLinear(x, through(x));
      const plain = linear(x, matrix(graph));
      const other = matmul(x, mT(matrix(graph)));
      const outputs = [y, backward(y, g, [x])[0]!, plain, backward(plain, g, [x])[0]!, other];
      const found = await evaluate(outputs as unknown as Inputs, {
        x: { data: uniform(3 * WIDTH, 8), shape: [3, WIDTH] },
      });
      for (const [a, b] of [
        [0, 2],
        [1, 3],
        [0, 4],
      ] as const)
        for (const [i, value] of found[a]!.entries()) expect(value).toBeCloseTo(found[b]![i]!, 5);
    });
  }

  test('the blocks give back what was stored, within half a step', async () => {
    const graph = new Graph();
    const outputs = [blocksOf(graph, weight, [OUT, WIDTH], 8), blocksOf(graph, weight, [OUT, WIDTH], 4)];
    const [eight, four] = await evaluate(outputs as unknown as Inputs, {});
    const widest = Math.max(...Array.from({ length: 15 }, (_, i) => NF4[i + 1]! - NF4[i]!)) / 2;
    for (const [i, w] of weight.entries()) {
      expect(Math.abs(eight![i]! - w)).toBeLessThanOrEqual(0.5 / 127 + 1e-6);
      expect(Math.abs(four![i]! - w)).toBeLessThanOrEqual(widest + 1e-6);
    }
    expect(eight).not.toEqual(weight);
  });
});

test('bytes of both signs go into a session as they are', async () => {
  const sessions = openSessions({ threads: 1 });
  const graph = new Graph();
  const codes = graph.input('codes', 'int8', [1, BLOCK]);
  const packed = graph.input('packed', 'uint8', [1, BLOCK / 2]);
  const scale = vector(graph, Float32Array.of(2));
  const y8 = fromBlocks8(codes, scale, [1, 3]);
  const y4 = fromBlocks4(packed, scale, NF4, [1, 3]);
  const [a, b] = [new Float32Array(3), new Float32Array(3)];
  const session = await sessions.open(part([y8, y4]));
  await session.run(
    {
      codes: tensor(new Int8Array(BLOCK).fill(-127), [1, BLOCK]),
      packed: tensor(new Uint8Array(BLOCK / 2).fill(0xf0), [1, BLOCK / 2]),
    },
    { [y8.name]: tensor(a, [1, 3]), [y4.name]: tensor(b, [1, 3]) },
  );
  await sessions.release();
  expect(a).toEqual(new Float32Array(3).fill(-254));
  expect(b).toEqual(Float32Array.of(2, -2, 2));
});
