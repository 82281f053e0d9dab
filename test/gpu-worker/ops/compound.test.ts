/** Compound ops against the same thing made of plain ones, over random shapes. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backward } from '../../../gpu-worker/autodiff/backward.ts';
import { Graph, type Inputs, type Shape, type Value } from '../../../gpu-worker/onnx/graph.ts';
import { size } from '../../../gpu-worker/onnx/shape.ts';
import { attention } from '../../../gpu-worker/ops/attention.ts';
import { add, div, exp, mul, neg, silu, sqrt, sub, tanh } from '../../../gpu-worker/ops/elementwise.ts';
import { concat, expand, mT, reshape } from '../../../gpu-worker/ops/movement.ts';
import { layerNorm, rmsNorm } from '../../../gpu-worker/ops/norm.ts';
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
        (x, a, b, y) => lowRankUp(lowRankDown(x!, [a!]), b!, y!, 1.5),
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
        (x, a, b) => lowRankDown(x!, [a!, b!]),
        (x, a, b) => concat(1, matmul(x!, mT(a!)), matmul(x!, mT(b!))),
        [
          [m, k],
          [r, k],
          [s, k],
        ],
      ),
    ),
    { numRuns: 10 },
  ));

test('a layer norm is (x − μ) / √(var + ε) · w + b', () =>
  fc.assert(
    fc.asyncProperty(dim, fc.integer({ min: 2, max: 7 }), (m, c) =>
      same(
        (x, w, b) => layerNorm(x!, w!, b!, 1e-2),
        (x, w, b) => {
          const centred = sub(x!, mean(x!, [-1]));
          const variance = mean(mul(centred, centred), [-1]);
          return add(mul(div(centred, sqrt(add(variance, scalar(x!, 1e-2)))), w!), b!);
        },
        [[m, c], [c], [c]],
      ),
    ),
    { numRuns: 15 },
  ));

test('SiLU is x / (1 + e⁻ˣ)', () =>
  fc.assert(
    fc.asyncProperty(dim, dim, (m, c) =>
      same(
        (x) => silu(x!),
        (x) => div(x!, add(scalar(x!, 1), exp(neg(x!)))),
        [[m, c]],
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

type Plain = {
  readonly until: readonly number[] | null;
  /** how far each token is from the first key of its branch; by its place in the row where there are no branches */
  readonly positions: readonly number[];
  readonly scale: number;
  readonly prefix: number;
  readonly window: number | null;
  readonly softcap: number | null;
};
const plainAttention =
  ({ until, positions, scale, prefix, window, softcap }: Plain): Build =>
  (q, k, v) => {
    const [b, heads, t, d] = q!.shape as [number, number, number, number];
    const [kv, s] = [k!.shape[1]!, k!.shape[2]!];
    const share = (x: Value) =>
      reshape(expand(reshape(x, [b, kv, 1, s, d]), [b, kv, heads / kv, s, d]), [b, heads, s, d]);
    const away = (row: number, i: number, j: number) => {
      if (!until) return prefix + i - j;
      return positions[row * t + i]! - (j < prefix ? j : positions[row * t + j - prefix]!);
    };
    const open = (row: number, i: number, j: number) =>
      j <= prefix + i &&
      (window === null || away(row, i, j) < window) &&
      (!until || j < prefix || i < until[row * t + j - prefix]!);
    const mask = Float32Array.from({ length: b * t * s }, (_, at) =>
      open(Math.floor(at / (t * s)), Math.floor(at / s) % t, at % s) ? 0 : -1e9,
    );
    const bias = q!.graph.constant(mask, [b, 1, t, s], 'float32');
    const raw = mul(matmul(q!, mT(share(k!))), scalar(q!, scale));
    const capped = softcap ? mul(tanh(mul(raw, scalar(raw, 1 / softcap))), scalar(raw, softcap)) : raw;
    return matmul(softmax(add(capped, bias)), share(v!));
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
      fc.option(fc.array(fc.nat(6), { minLength: 49, maxLength: 49 })),
      fc.record({ prefix: fc.nat(3), window: fc.option(dim), softcap: fc.option(fc.constant(1.5)) }),
      ({ b, kv, rep, t, d }, block, marks, { prefix, window, softcap }) => {
        const until = marks && Array.from({ length: b * t }, (_, i) => (i % t) + 1 + (marks[i % 49]! % t));
        const positions = Array.from({ length: b * t }, (_, i) => prefix + ((i * 5) % 4));
        const int64 = ({ graph }: Value, values: readonly number[]) =>
          graph.constant(BigInt64Array.from(values, BigInt), [b, t], 'int64');
        const blocked: Build = (q, k, v) =>
          attention(q!, k!, v!, {
            scale: 0.7,
            block,
            prefix,
            window,
            softcap,
            until: until && int64(q!, until),
            positions: int64(q!, positions),
          });
        const shapes = [
          [b, kv * rep, t, d],
          [b, kv, prefix + t, d],
          [b, kv, prefix + t, d],
        ];
        return same(
          blocked,
          plainAttention({ until, positions, scale: 0.7, prefix, window, softcap }),
          shapes,
        );
      },
    ),
    { numRuns: 60 },
  ));
