/** Ops that move data without changing it. One with parameters is a function that closes over them. */
import { ints, type Inputs, type Shape, type Value } from '../onnx/graph.ts';
import { invert, size } from '../onnx/shape.ts';
import { binary, primitive, unary } from './define.ts';

export const reshape = (x: Value, shape: Shape): Value => {
  if (size(shape) !== size(x.shape)) throw new TypeError(`cannot reshape [${x.shape}] to [${shape}]`);
  return binary('Reshape', {
    infer: ({ dtype }) => ({ dtype, shape }),
    grad: ({ g }) => [reshape(g, x.shape), null],
  })(x, ints(x, shape));
};

export const transpose = (x: Value, perm: readonly number[]): Value =>
  unary('Transpose', {
    attrs: { perm },
    infer: ({ dtype, shape }) => ({ dtype, shape: perm.map((i) => shape[i]!) }),
    grad: ({ g }) => [transpose(g, invert(perm))],
  })(x);

/** Swaps the last two axes. */
export const mT = (x: Value): Value => {
  const axes = x.shape.map((_, i) => i);
  return transpose(x, [...axes.slice(0, -2), axes.length - 1, axes.length - 2]);
};

export const expand = (x: Value, shape: Shape): Value =>
  binary('Expand', {
    infer: ({ dtype }) => ({ dtype, shape }),
    grad: ({ g }) => [g, null], // `backward` folds it
  })(x, ints(x, shape));

export const concat = (axis: number, ...parts: Inputs): Value =>
  primitive<Inputs>('Concat', {
    attrs: { axis },
    infer: (...x) => ({
      dtype: x[0].dtype,
      shape: x[0].shape.with(
        axis,
        x.reduce((n, p) => n + p.shape[axis]!, 0),
      ),
    }),
    grad: ({ g, x }) => {
      let at = 0;
      return x.map(({ shape }) => slice(g, axis, at, (at += shape[axis]!))) as [Value, ...Value[]];
    },
  })(...parts);

export const slice = (x: Value, axis: number, from: number, to: number): Value => {
  if (from === 0 && to === x.shape[axis]) return x;
  return primitive<[x: Value, from: Value, to: Value, axes: Value]>('Slice', {
    infer: ({ dtype, shape }) => ({ dtype, shape: shape.with(axis, to - from) }),
    grad: ({ g }) => [pad(g, axis, from, x.shape[axis]! - to), null, null, null],
  })(x, ints(x, [from]), ints(x, [to]), ints(x, [axis]));
};

/** Zeros before and after along one axis. */
export const pad = (x: Value, axis: number, before: number, after: number): Value => {
  if (before === 0 && after === 0) return x;
  const none = x.shape.map(() => 0);
  return binary('Pad', {
    infer: ({ dtype, shape }) => ({ dtype, shape: shape.with(axis, shape[axis]! + before + after) }),
    grad: ({ g }) => [slice(g, axis, before, before + x.shape[axis]!), null],
  })(x, ints(x, [...none.with(axis, before), ...none.with(axis, after)]));
};
