import { ints, scalar, type Value } from '../onnx/graph.ts';
import { binary, emit, like, shaped, unary, type Unary } from './define.ts';
import { mul, sub } from './elementwise.ts';
import { expand } from './movement.ts';

const positive = (axes: readonly number[], rank: number) => axes.map((a) => (a < 0 ? a + rank : a));

/** Sums over `axes`, keeping each as size 1. */
export const sum = (x: Value, axes: readonly number[]): Value => {
  const over = positive(axes, x.shape.length);
  return binary('ReduceSum', {
    attrs: { keepdims: 1 },
    infer: ({ dtype, shape }) => ({ dtype, shape: shape.map((n, i) => (over.includes(i) ? 1 : n)) }),
    grad: ({ g }) => [expand(g, x.shape), null],
  })(x, ints(x, over));
};

export const mean = (x: Value, axes: readonly number[]): Value => {
  const count = positive(axes, x.shape.length).reduce((n, a) => n * x.shape[a]!, 1);
  return mul(sum(x, axes), scalar(x, 1 / count));
};

/** The largest size along `axis`, keeping it as size 1. No gradient of its own. */
export const largestSize = (x: Value, axis: number): Value =>
  emit('ReduceMax', [emit('Abs', [x], like(x)), ints(x, [axis])], shaped(x, x.shape.with(axis, 1)), {
    attrs: { keepdims: 1 },
  });

// y = softmax(x) over the last axis  ⇒  dx = y·(g − Σ g·y)
export const softmax: Unary = unary('Softmax', {
  attrs: { axis: -1 },
  worth: 'scores',
  infer: like,
  grad: ({ g, y }) => [mul(y, sub(g, sum(mul(g, y), [-1])))],
});

// y = log softmax(x)  ⇒  dx = g − softmax(x)·Σ g
export const logSoftmax: Unary = unary('LogSoftmax', {
  attrs: { axis: -1 },
  infer: like,
  grad: ({ g, x: [x] }) => [sub(g, mul(softmax(x), sum(g, [-1])))],
});
