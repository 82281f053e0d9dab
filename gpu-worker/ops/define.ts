import type { Attrs, DType, Gradient, Inputs, Node, Shape, Value, Worth } from '../onnx/graph.ts';

type At<X extends Inputs, S> = { readonly g: Value; readonly x: X; readonly y: Value; readonly saved: S };

/** An op that can be differentiated. `forward` emits ONNX nodes, one or many; `grad` gives one gradient per input, `null`
 *  where none flows. `saved` is what forward computed on the way and the gradient wants. Broadcasting is folded by
 *  `backward`, not here. */
export type OpDef<X extends Inputs, S> = {
  readonly name: string;
  forward(...x: X): { readonly y: Value; readonly saved: S };
  grad(at: At<X, S>): { readonly [I in keyof X]: Gradient };
};

export type Op<X extends Inputs> = (...x: X) => Value;
export type Unary = Op<[x: Value]>;
export type Binary = Op<[a: Value, b: Value]>;

/** The op is a value: its rule travels with each use, so there is no registry to keep in step. */
export const defineOp =
  <X extends Inputs, S = null>({ name, forward, grad }: OpDef<X, S>): Op<X> =>
  (...x) => {
    const { graph } = x[0];
    const { y, saved } = graph.unrecorded(() => forward(...x));
    graph.record({ name, x, y, grad: (g) => grad({ g, x, y, saved }) });
    return y;
  };

type Output = { readonly dtype: DType; readonly shape: Shape };
type Primitive<X extends Inputs> = {
  readonly attrs?: Attrs;
  readonly domain?: Node['domain'];
  readonly worth?: Worth;
  infer(...x: X): Output;
  grad(at: At<X, null>): { readonly [I in keyof X]: Gradient };
};

/** An op that is one ONNX node with one output. */
export const primitive =
  <X extends Inputs>(type: string, { infer, grad, ...options }: Primitive<X>): Op<X> =>
  (...x) =>
    defineOp<X>({
      name: type,
      forward: (...at) => ({ y: emit(type, at, infer(...at), options), saved: null }),
      grad,
    })(...x);

export const unary = primitive<[x: Value]>;
export const binary = primitive<[a: Value, b: Value]>;

/** One node with one output and no gradient of its own: for the inside of compound ops. */
export const emit = (
  type: string,
  x: Inputs,
  output: Output,
  options: { attrs?: Attrs; domain?: Node['domain']; worth?: Worth } = {},
): Value => x[0].graph.emit(type, x, [output], options)[0]!;

export const like = ({ dtype, shape }: Value): Output => ({ dtype, shape });
export const shaped = (x: Value, shape: Shape): Output => ({ dtype: x.dtype, shape });
export const f = (value: number): { readonly float: number } => ({ float: value });
