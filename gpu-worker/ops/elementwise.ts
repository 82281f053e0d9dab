import { scalar, type Value } from '../onnx/graph.ts';
import { broadcast } from '../onnx/shape.ts';
import { binary, type Binary, defineOp, emit, like, unary, type Unary } from './define.ts';

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

// y = x / d with d = 1 + e⁻ˣ  ⇒  dx = g·(1 + x − y) / d. The kernels of Sigmoid and QuickGelu are off by up to 5e-6 of a
// value, which small gradients show; Exp is not.
export const silu: Unary = defineOp<[x: Value], Value>({
  name: 'Silu',
  forward: (x) => {
    const d = add(exp(neg(x)), scalar(x, 1));
    return { y: div(x, d), saved: d };
  },
  grad: ({ g, x: [x], y, saved: d }) => [mul(g, div(add(sub(x, y), scalar(x, 1)), d))],
});

// y = tanh x  ⇒  dx = g·(1 − y²)
export const tanh: Unary = unary('Tanh', {
  infer: like,
  grad: ({ g, y }) => [mul(g, sub(scalar(y, 1), mul(y, y)))],
});

// y = max(x, 0)  ⇒  dx = g where x > 0
export const relu: Unary = unary('Relu', {
  infer: like,
  grad: ({ g, x: [x] }) => {
    const open = emit('Greater', [x, scalar(x, 0)], { dtype: 'bool', shape: x.shape });
    return [emit('Where', [open, g, scalar(x, 0)], like(x))];
  },
});

// y = x·Φ(x), Φ the normal distribution  ⇒  dx = g·(Φ(x) + x·φ(x))
export const gelu: Unary = unary('Gelu', {
  domain: 'com.microsoft',
  infer: like,
  grad: ({ g, x: [x] }) => {
    const erf = emit('Erf', [mul(x, scalar(x, Math.SQRT1_2))], like(x));
    const share = mul(add(erf, scalar(x, 1)), scalar(x, 0.5));
    const density = mul(exp(mul(mul(x, x), scalar(x, -0.5))), scalar(x, 1 / Math.sqrt(2 * Math.PI)));
    return [mul(g, add(share, mul(x, density)))];
  },
});

const [ROOT, CUBE] = [Math.sqrt(2 / Math.PI), 0.044715];
// `gelu_new`, `gelu_pytorch_tanh`: y = x·(1 + t)/2 with t = tanh(√(2/π)·(x + 0.044715·x³))
// ⇒  dx = g·((1 + t)/2 + x·(1 − t²)/2·√(2/π)·(1 + 3·0.044715·x²))
export const geluTanh: Unary = unary('FastGelu', {
  domain: 'com.microsoft',
  infer: like,
  grad: ({ g, x: [x] }) => {
    const square = mul(x, x);
    const inner = mul(mul(x, scalar(x, ROOT)), add(scalar(x, 1), mul(square, scalar(x, CUBE))));
    const t = emit('Tanh', [inner], like(x));
    const slope = mul(add(scalar(x, 1), mul(square, scalar(x, 3 * CUBE))), scalar(x, ROOT / 2));
    const half = mul(add(t, scalar(x, 1)), scalar(x, 0.5));
    return [mul(g, add(half, mul(mul(x, slope), sub(scalar(x, 1), mul(t, t)))))];
  },
});

/** Adds many values of one shape in one pass. */
export const total = (parts: readonly Value[]): Value => {
  const [first, ...rest] = parts;
  if (!first) throw new TypeError('a sum of nothing has no shape');
  return rest.length === 0 ? first : emit('Sum', [first, ...rest], like(first));
};
