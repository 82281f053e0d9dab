import { scalar, type Value } from '../onnx/graph.ts';
import { broadcast } from '../onnx/shape.ts';
import { binary, type Binary, emit, f, like, unary, type Unary } from './define.ts';

const pairwise = (a: Value, b: Value) => ({ dtype: a.dtype, shape: broadcast(a.shape, b.shape) });

export const add: Binary = binary('Add', { infer: pairwise, grad: ({ g }) => [g, g] });
export const sub: Binary = binary('Sub', { infer: pairwise, grad: ({ g }) => [g, neg(g)] });
export const mul: Binary = binary('Mul', {
  infer: pairwise,
  grad: ({ g, x: [a, b] }) => [mul(g, b), mul(g, a)],
});

// y = a / b  ⇒  da = g / b, db = −g·y / b
export const div: Binary = binary('Div', {
  infer: pairwise,
  grad: ({ g, x: [, b], y }) => [div(g, b), neg(div(mul(g, y), b))],
});

export const neg: Unary = unary('Neg', { infer: like, grad: ({ g }) => [neg(g)] });
export const exp: Unary = unary('Exp', { infer: like, grad: ({ g, y }) => [mul(g, y)] });
export const log: Unary = unary('Log', { infer: like, grad: ({ g, x: [x] }) => [div(g, x)] });

// y = √x  ⇒  dx = g / 2y
export const sqrt: Unary = unary('Sqrt', { infer: like, grad: ({ g, y }) => [div(g, mul(y, scalar(y, 2)))] });

// y = σ(x)  ⇒  dx = g·y·(1 − y)
export const sigmoid: Unary = unary('Sigmoid', {
  infer: like,
  grad: ({ g, y }) => [mul(g, mul(y, sub(scalar(y, 1), y)))],
});

// y = x·σ(x)  ⇒  dx = g·(σ + y·(1 − σ)). QuickGelu with alpha = 1 is SiLU in one node.
export const silu: Unary = unary('QuickGelu', {
  domain: 'com.microsoft',
  attrs: { alpha: f(1) },
  infer: like,
  grad: ({ g, x: [x], y }) => {
    const s = sigmoid(x);
    return [mul(g, add(s, sub(y, mul(y, s))))];
  },
});

/** Adds many values of one shape in one pass. */
export const total = (parts: readonly Value[]): Value => {
  const [first, ...rest] = parts;
  if (!first) throw new TypeError('a sum of nothing has no shape');
  return rest.length === 0 ? first : emit('Sum', [first, ...rest], like(first));
};
