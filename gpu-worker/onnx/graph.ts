/** A static-shape computation graph and the tape of what was applied to it. Nothing here knows about learning. */
import { same, type Shape, size } from './shape.ts';

export type { Shape } from './shape.ts';

export type DType = 'float32' | 'int64' | 'bool' | 'uint8' | 'int8' | 'int32';
/** Integers stand as they are; a float is marked, since 1 and 1.0 are different attributes in ONNX. */
export type Attrs = Readonly<Record<string, number | readonly number[] | { readonly float: number }>>;
export type Data = Float32Array | BigInt64Array | Uint8Array | Int8Array;

/** What a value costs to compute again: a policy decides by it what is kept for the backward pass. */
export type Worth = 'product' | 'scores' | null;

export type Value = {
  readonly graph: Graph;
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly worth: Worth;
};
export type Inputs = readonly [Value, ...Value[]];

export type Node = {
  readonly op: string;
  readonly domain: '' | 'com.microsoft';
  readonly attrs: Attrs;
  readonly x: readonly Value[];
  readonly y: readonly Value[];
};

/** A gradient, or a way to add it onto what has been summed so far (a product can do that for nothing). */
export type Gradient = Value | null | ((sofar: Value | null) => Value);

/** One use of a differentiable op: inputs, output, and its gradient towards each input. */
export type Application = {
  readonly name: string;
  readonly x: readonly Value[];
  readonly y: Value;
  grad(g: Value): readonly Gradient[];
};

export type Initializer = { readonly value: Value; readonly data: Data };

type Emit = {
  readonly attrs?: Attrs;
  readonly domain?: Node['domain'];
  readonly worth?: Worth;
};

export class Graph {
  readonly nodes: Node[] = [];
  readonly tape: Application[] = [];
  readonly inputs: Value[] = [];
  readonly initializers: Initializer[] = [];
  private readonly constants = new Map<string | Data, Value>();
  private recording = true;

  input(name: string, dtype: DType, shape: Shape): Value {
    const value: Value = { graph: this, name, dtype, shape, worth: null };
    this.inputs.push(value);
    return value;
  }

  /** A value that is part of the model file. Small equal ones are shared, and so is an array that is handed in again. */
  constant(data: Data, shape: Shape, dtype: DType): Value {
    if (data.length !== size(shape)) throw new TypeError(`${data.length} values do not fill [${shape}]`);
    const key = data.length <= 16 ? `${dtype}|${shape}|${data}` : data;
    const known = this.constants.get(key);
    if (known && same(known.shape, shape)) return known;
    const value: Value = { graph: this, name: `c${this.initializers.length}`, dtype, shape, worth: null };
    this.initializers.push({ value, data });
    this.constants.set(key, value);
    return value;
  }

  emit(
    op: string,
    x: readonly Value[],
    outputs: readonly Pick<Value, 'dtype' | 'shape'>[],
    { attrs = {}, domain = '', worth = null }: Emit = {},
  ): readonly Value[] {
    const n = this.nodes.length;
    const y = outputs.map(({ dtype, shape }, i): Value => ({
      graph: this,
      name: `${op}_${n}${i ? `_${i}` : ''}`,
      dtype,
      shape,
      worth,
    }));
    this.nodes.push({ op, domain, attrs, x, y });
    return y;
  }

  /** Notes a differentiable application, unless it happens inside another one. */
  record(application: Application): void {
    if (this.recording) this.tape.push(application);
  }

  /** What `build` applies is not recorded: the inside of a compound op, or a gradient. */
  unrecorded<T>(build: () => T): T {
    const before = this.recording;
    this.recording = false;
    try {
      return build();
    } finally {
      this.recording = before;
    }
  }
}

export const scalar = (like: Value, value: number): Value =>
  like.graph.constant(Float32Array.of(value), [], 'float32');
export const ints = (like: Value, values: readonly number[]): Value =>
  like.graph.constant(BigInt64Array.from(values, BigInt), [values.length], 'int64');
