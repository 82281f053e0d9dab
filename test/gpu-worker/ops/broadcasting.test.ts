/** Gradients against finite differences over random shapes: what broadcasting folds, reductions spread and products mix. */
import fc from 'fast-check';
import { describe, test } from 'vitest';
import type { Shape, Value } from '../../../gpu-worker/onnx/graph.ts';
import {
  add,
  div,
  exp,
  gelu,
  geluTanh,
  log,
  mul,
  neg,
  relu,
  silu,
  sqrt,
  sub,
  tanh,
} from '../../../gpu-worker/ops/elementwise.ts';
import { concat, expand, pad, reshape, slice, transpose } from '../../../gpu-worker/ops/movement.ts';
import { layerNorm, rmsNorm } from '../../../gpu-worker/ops/norm.ts';
import { linear, matmul, projection } from '../../../gpu-worker/ops/product.ts';
import { logSoftmax, mean, softmax, sum } from '../../../gpu-worker/ops/reduce.ts';
import { gradcheck } from '../../helpers/gradcheck.ts';

type Build = (...x: Value[]) => Value;
type Range = Parameters<typeof gradcheck>[2];
const RUNS = { numRuns: 12 };
const POSITIVE = { lo: 0.5, hi: 2 };

const dim = fc.integer({ min: 1, max: 4 });
const shape = (minLength: number) => fc.array(dim, { minLength, maxLength: 4 });
/** What broadcasts to `whole`: some axes are 1, and some leading ones are not there. */
const narrower = (whole: Shape) =>
  fc
    .tuple(fc.nat(whole.length), fc.array(fc.boolean(), { minLength: whole.length, maxLength: whole.length }))
    .map(([lead, single]) => whole.map((n, i) => (single[i] ? 1 : n)).slice(lead));
/** Two shapes that broadcast together, neither of them always the wider. */
const pair = shape(0).chain((whole) => fc.tuple(narrower(whole), narrower(whole)));

const holds = <T>(made: fc.Arbitrary<T>, of: (value: T) => { f: Build; shapes: Shape[]; range?: Range }) =>
  fc.assert(
    fc.asyncProperty(made, (value) => {
      const { f, shapes, range } = of(value);
      return gradcheck(f, shapes, range);
    }),
    RUNS,
  );

describe('of two values that broadcast', () => {
  test.each(Object.entries({ add, sub, mul, div }))('%s', (_, op) =>
    holds(pair, (shapes) => ({ f: (a, b) => op(a!, b!), shapes, range: POSITIVE })),
  );
});

describe('of one value of any shape', () => {
  test.each(Object.entries({ neg, exp, log, sqrt, silu, tanh, relu, gelu, geluTanh }))(
    '%s',
    (_, op) => holds(shape(1), (of) => ({ f: (x) => op(x!), shapes: [of], range: POSITIVE })), // no scalars: FastGelu's kernel takes none
  );
  test.each(Object.entries({ softmax, logSoftmax }))('%s over the last axis', (_, op) =>
    holds(shape(1), (of) => ({ f: (x) => op(x!), shapes: [of] })),
  );
  test.each(Object.entries({ sum, mean }))('%s over any axes, counted from either end', (_, op) =>
    holds(
      shape(1).chain((of) => {
        const axis = fc.integer({ min: -of.length, max: of.length - 1 });
        const key = (i: number) => (i + of.length) % of.length;
        return fc.tuple(fc.constant(of), fc.uniqueArray(axis, { minLength: 1, selector: key }));
      }),
      ([of, axes]) => ({ f: (x) => op(x!, axes), shapes: [of] }),
    ),
  );
  test('expand', () =>
    holds(
      shape(0).chain((whole) => fc.tuple(narrower(whole), fc.constant(whole))),
      ([from, whole]) => ({ f: (x) => expand(x!, whole), shapes: [from] }),
    ));
  test('transpose, then flat', () =>
    holds(
      shape(1).chain((of) =>
        fc.tuple(fc.constant(of), fc.shuffledSubarray([...of.keys()], { minLength: of.length })),
      ),
      ([of, perm]) => ({
        f: (x) => reshape(transpose(x!, perm), [of.reduce((n, d) => n * d, 1)]),
        shapes: [of],
      }),
    ));
  test('concat, slice and pad along any axis', () =>
    holds(
      shape(1).chain((of) =>
        fc.tuple(fc.constant(of), fc.nat(of.length - 1), dim, dim, fc.nat(2), fc.nat(2)),
      ),
      ([of, axis, m, n, before, after]) => ({
        f: (a, b) => {
          const joined = concat(axis, a!, b!);
          return pad(slice(joined, axis, m - 1, m + n), axis, before, after);
        },
        shapes: [of.with(axis, m), of.with(axis, n)],
      }),
    ));
});

describe('of products', () => {
  test('matmul, batches broadcast', () =>
    holds(
      fc.tuple(
        fc.array(dim, { maxLength: 2 }).chain((of) => fc.tuple(narrower(of), narrower(of))),
        dim,
        dim,
        dim,
      ),
      ([[a, b], m, k, n]) => ({
        f: (x, y) => matmul(x!, y!),
        shapes: [
          [...a, m, k],
          [...b, k, n],
        ],
      }),
    ));
  test.each([
    ['linear', linear, true],
    ['projection', projection, false],
  ] as const)('%s', (_, op, transposed) =>
    holds(fc.tuple(dim, dim, dim), ([m, k, n]) => ({
      f: (x, w) => op(x!, w!),
      shapes: [[m, k], transposed ? [n, k] : [k, n]],
    })),
  );
  test('norms over the last axis, their weight used for every row', () =>
    holds(fc.tuple(shape(1), fc.integer({ min: 2, max: 6 })), ([rows, c]) => ({
      f: (x, w, b) => add(rmsNorm(x!, w!, 1e-2), layerNorm(x!, w!, b!, 1e-2)),
      shapes: [[...rows, c], [c], [c]],
    })));
});
