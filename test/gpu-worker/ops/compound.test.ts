/** Compound ops against the same thing made of plain ones, over random shapes. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backward } from '../../../gpu-worker/autodiff/backward.ts';
import { Graph, type Inputs, type Shape, type Value } from '../../../gpu-worker/onnx/graph.ts';
import { size } from '../../../gpu-worker/onnx/shape.ts';
import { attention } from '../../../gpu-worker/ops/attention.ts';
import { add, div, mul, sqrt } from '../../../gpu-worker/ops/elementwise.ts';
import { concat, expand, mT, reshape } from '../../../gpu-worker/ops/movement.ts';
import { rmsNorm } from '../../../gpu-worker/ops/norm.ts';
import { linear, lowRankDown, lowRankUp, matmul } from '../../../gpu-worker/ops/product.ts';
import { mean, softmax } from '../../../gpu-worker/ops/reduce.ts';
import { scalar } from '../../../gpu-worker/onnx/graph.ts';
import { evaluate, uniform } from '../../helpers/gradcheck.ts';

type Build = (...x: Value[]) => Value;

/** Value and all gradients of both forms, on the same numbers. */
const same = async (one: Build, other: Build, shapes: readonly Shape[]): Promise<void> => {
  const results = [];
  for (const build of [one, other]) {
    const graph = new Graph();
    const x = shapes.map((shape, i) => graph.input(`x${i}`, 'float32', shape));
    const y = build(...x);
    const g = graph.constant(uniform(size(y.shape), 7), y.shape, 'float32');
    const outputs = [y, ...backward(y, g, x)] as unknown as Inputs;
    const feeds = Object.fromEntries(
      x.map(({ name, shape }, i) => [name, { data: uniform(size(shape), i + 1), shape }]),
    );
    results.push(await evaluate(outputs, feeds));
  }
  for (const [i, a] of results[0]!.entries()) {
    const b = results[1]![i]!;
    const most = Math.max(1, ...b.map(Math.abs));
    for (let j = 0; j < a.length; j++)
      expect(Math.abs(a[j]! - b[j]!) / most, `output ${i}`).toBeLessThan(2e-6);
  }
};

const dim = fc.integer({ min: 1, max: 7 });

test('a linear is x·Wᵀ', () =>
  fc.assert(
    fc.asyncProperty(dim, dim, dim, (m, k, n) =>
      same(
        (x, w) => linear(x!, w!),
        (x, w) => matmul(x!, mT(w!)),
        [
          [m, k],
          [n, k],
        ],
      ),
    ),
    { numRuns: 15 },
  ));

test('a low-rank pair is base + s·(x·Aᵀ)·Bᵀ', () =>
  fc.assert(
    fc.asyncProperty(dim, dim, dim, dim, (m, k, n, r) =>
      same(
        (x, a, b, y) => lowRankUp(lowRankDown(x!, [a!], 1.5), b!, y!),
        (x, a, b, y) => add(y!, mul(scalar(x!, 1.5), matmul(matmul(x!, mT(a!)), mT(b!)))),
        [
          [m, k],
          [r, k],
          [n, r],
          [m, n],
        ],
      ),
    ),
    { numRuns: 15 },
  ));

test('stacked factors are the products with each, side by side', () =>
  fc.assert(
    fc.asyncProperty(dim, dim, dim, dim, (m, k, r, s) =>
      same(
        (x, a, b) => lowRankDown(x!, [a!, b!], 0.5),
        (x, a, b) => mul(scalar(x!, 0.5), concat(1, matmul(x!, mT(a!)), matmul(x!, mT(b!)))),
        [
          [m, k],
          [r, k],
          [s, k],
        ],
      ),
    ),
    { numRuns: 10 },
  ));

test('an RMS norm is x / √(mean(x²) + ε) · w', () =>
  fc.assert(
    fc.asyncProperty(dim, dim, (m, c) =>
      same(
        (x, w) => rmsNorm(x!, w!, 1e-3),
        (x, w) => mul(div(x!, sqrt(add(mean(mul(x!, x!), [-1]), scalar(x!, 1e-3)))), w!),
        [[m, c], [c]],
      ),
    ),
    { numRuns: 15 },
  ));

const plainAttention =
  (segments: readonly number[] | null, scale: number): Build =>
  (q, k, v) => {
    const [b, heads, t, d] = q!.shape as [number, number, number, number];
    const kv = k!.shape[1]!;
    const share = (x: Value) =>
      reshape(expand(reshape(x, [b, kv, 1, t, d]), [b, kv, heads / kv, t, d]), [b, heads, t, d]);
    const open = (row: number, i: number, j: number) =>
      j <= i && (!segments || segments[row * t + i] === segments[row * t + j]);
    const mask = Float32Array.from({ length: b * t * t }, (_, at) =>
      open(Math.floor(at / (t * t)), Math.floor(at / t) % t, at % t) ? 0 : -1e9,
    );
    const bias = q!.graph.constant(mask, [b, 1, t, t], 'float32');
    const scores = add(mul(matmul(q!, mT(share(k!))), scalar(q!, scale)), bias);
    return matmul(softmax(scores), share(v!));
  };

test('attention in blocks is softmax(s·q·kᵀ + mask)·v with every head and every pair written out', () =>
  fc.assert(
    fc.asyncProperty(
      fc.record({
        b: dim,
        kv: fc.integer({ min: 1, max: 3 }),
        rep: fc.integer({ min: 1, max: 3 }),
        t: dim,
        d: dim,
      }),
      dim,
      fc.option(fc.array(fc.nat(2), { minLength: 49, maxLength: 49 })),
      ({ b, kv, rep, t, d }, block, marks) => {
        const segments = marks && Array.from({ length: b * t }, (_, i) => marks[i % 49]!);
        const blocked: Build = (q, k, v) =>
          attention(q!, k!, v!, {
            scale: 0.7,
            block,
            segments: segments && q!.graph.constant(BigInt64Array.from(segments, BigInt), [b, t], 'int64'),
          });
        const shapes = [
          [b, kv * rep, t, d],
          [b, kv, t, d],
          [b, kv, t, d],
        ];
        return same(blocked, plainAttention(segments, 0.7), shapes);
      },
    ),
    { numRuns: 25 },
  ));
