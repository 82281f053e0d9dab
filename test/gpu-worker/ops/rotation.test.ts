import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Graph } from '../../../gpu-worker/onnx/graph.ts';
import { add } from '../../../gpu-worker/ops/elementwise.ts';
import { matmul } from '../../../gpu-worker/ops/product.ts';
import { rotateColumns, rotateRows } from '../../../gpu-worker/ops/rotation.ts';
import { evaluate, uniform } from '../../helpers/gradcheck.ts';
import { rotatedColumns, rotatedRows } from '../../helpers/hadamard.ts';

const width = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constantFrom(48, 64, 96, 128, 192));

const times = (n: number, values: Float32Array) => values.map((value) => n * value);

const expectClose = (got: Float32Array, expected: Float32Array) => {
  expect(got).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(got[i]!).toBeCloseTo(value, 4);
};

test('rows and columns turn as the definition says, their product stays, and a second turn is back', () =>
  fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      width,
      fc.integer({ min: 1, max: 5 }),
      async (m, k, n) => {
        const [x, w] = [uniform(m * k, 1), uniform(k * n, 2)];
        const graph = new Graph();
        const [xs, ws] = [graph.input('x', 'float32', [m, k]), graph.input('w', 'float32', [k, n])];
        const [one, other] = [add(xs, xs), add(ws, ws)]; // as they are, where one value is turned by itself
        const [rows, columns] = [rotateRows(one), rotateColumns(other)];
        const outputs = [
          rows,
          columns,
          matmul(rows, columns),
          matmul(one, other),
          rotateRows(add(rows, rows)),
        ] as const;
        const found = await evaluate(outputs, {
          x: { data: x, shape: [m, k] },
          w: { data: w, shape: [k, n] },
        });
        expectClose(found[0]!, rotatedRows(times(2, x), k));
        expectClose(found[1]!, rotatedColumns(times(2, w), k));
        expectClose(found[2]!, found[3]!);
        expectClose(found[4]!, times(4, x));
      },
    ),
    { numRuns: 30 },
  ));

test('one large value becomes 64 middling ones', async () => {
  const x = new Float32Array(128);
  x[70] = 8;
  const graph = new Graph();
  const [got] = await evaluate([rotateRows(graph.input('x', 'float32', [1, 128]))], {
    x: { data: x, shape: [1, 128] },
  });
  expect(got!.map(Math.abs)).toEqual(Float32Array.from(x, (_, i) => (i < 64 ? 0 : 1)));
});
