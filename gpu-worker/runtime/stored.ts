/** Weights whose linears are stored in 8 or 4 bits: made from float32, which is not kept. */
import type { Fed, Form } from '../nn/seams.ts';
import { type Direction, storing } from '../nn/storing.ts';
import { blocks4, blocks8, migration, transposed } from '../ops/quantise.ts';
import { type Sessions, tensor, type TensorData } from './session.ts';
import type { Weights } from './weights.ts';

/** How much of a channel's size goes from activations into weights. Of 0.5, 0.65 and 0.8 the middle one keeps the gradient
 *  best: least cosines 0.987, 0.991, 0.991 and sums of losses 0.040, 0.026, 0.032 (SmolLM2-135M, four texts of 512 tokens,
 *  rotated). */
const ALPHA = 0.65;

export type StoredWeights = Weights & {
  /** makes what a graph is fed of stored forms: nothing else is there to be asked for */
  make(frozen: readonly Fed[]): Promise<void>;
  /** bytes of all forms made so far */
  bytes(): number;
};

/** Path of the first linear of each group → the largest size of each channel that the group reads. */
type Largest = ReadonlyMap<string, Float32Array>;

type Columns = { readonly values: Int8Array; readonly scales: Float32Array };
type Made = Readonly<Partial<Record<Form['part'], TensorData>>>;

/** A table is held as float32 too, and what it is multiplied with is not divided. */
const isTable = ({ group }: Form): boolean => group.length === 0;

const withoutSuffix = (name: string): string => name.replace(/\.weight$/, '');

/** Largest size in each column of [out, in]. */
const columnTops = (matrix: Float32Array, width: number): Float32Array => {
  const top = new Float32Array(width);
  for (let at = 0; at < matrix.length; at += width)
    for (let j = 0; j < width; j++) {
      const size = Math.abs(matrix[at + j]!);
      if (size > top[j]!) top[j] = size;
    }
  return top;
};

type Options = {
  readonly sessions: Sessions;
  /** where the float32 values of linears are read */
  readonly float: Pick<Weights, 'tensor'>;
  readonly largest: Largest;
  /** the products of this processor need pairs of rows to stay small (`columns8`) */
  readonly pairs: boolean;
};

type Size = Pick<Form, 'in' | 'out'>;
type MakeColumns = (
  direction: Direction,
  matrix: Float32Array,
  size: Size,
  divisors: Float32Array | null,
) => Promise<Columns>;

/** Matrices [out, in] as bytes; one session for each size. */
const openColumns = ({ sessions, pairs }: Pick<Options, 'sessions' | 'pairs'>): MakeColumns => {
  const opened = new Map<string, ReturnType<typeof openStoring>>();
  const openStoring = (direction: Direction, size: Size, divided: boolean) => {
    const made = storing(direction, size, { divided, pairs });
    return { ...made, session: sessions.open(made.part) };
  };
  return async (direction, matrix, size, divisors) => {
    const key = `${direction} ${divisors !== null} ${size.in} ${size.out}`;
    const one = opened.get(key) ?? openStoring(direction, size, divisors !== null);
    opened.set(key, one);
    const { values, scales } = one;
    const data = { values: new Int8Array(matrix.length), scales: new Float32Array(scales.shape[0]!) };
    const session = await one.session;
    await session.run(
      {
        weight: tensor(matrix, [size.out, size.in]),
        ...(divisors && { divisors: tensor(divisors, [size.in]) }),
      },
      { [values.name]: tensor(data.values, values.shape), [scales.name]: tensor(data.scales, scales.shape) },
    );
    return data;
  };
};

/** So many rows of a table at a time: on its way into bytes a matrix is in memory several times. */
const TABLE_ROWS = 8192;

const tableColumns = async (
  columns: MakeColumns,
  table: Float32Array,
  { in: width, out }: Size,
): Promise<Columns> => {
  const whole = { values: new Int8Array(table.length), scales: new Float32Array(out) };
  for (let from = 0; from < out; from += TABLE_ROWS) {
    const n = Math.min(TABLE_ROWS, out - from);
    const rows = table.subarray(from * width, (from + n) * width);
    const { values, scales } = await columns('forward', rows, { in: width, out: n }, null);
    whole.scales.set(scales, from);
    for (let k = 0; k < width; k++) whole.values.set(values.subarray(k * n, (k + 1) * n), k * out + from);
  }
  return whole;
};

/** Makes a form of W, and what is made along with it. */
const openMaker = (
  weights: Weights,
  { sessions, float, largest, pairs }: Options,
): ((name: string, form: Form) => Promise<Made>) => {
  const divisors = new Map<string, Float32Array>();
  const columns = openColumns({ sessions, pairs });

  /** W [out, in] */
  const read = (name: string, form: Form, out: number): Float32Array => {
    const { in: width, conv1d } = form;
    const data = (isTable(form) ? weights : float).tensor(name, conv1d ? [width, out] : [out, width])
      .data as Float32Array;
    return conv1d ? transposed(data, width, out) : data;
  };
  const divisorsOf = (form: Form): Float32Array => {
    const first = form.group[0]!.name;
    let found = divisors.get(first);
    if (found) return found;
    const activations = largest.get(withoutSuffix(first));
    if (!activations) throw new TypeError(`what ${first} reads was not measured`);
    const tops = new Float32Array(form.in);
    for (const { name, out } of form.group)
      for (const [j, top] of columnTops(read(name, form, out), form.in).entries())
        tops[j] = Math.max(tops[j]!, top);
    divisors.set(first, (found = migration(activations, tops, ALPHA)));
    return found;
  };
  const inColumns = (direction: Direction, matrix: Float32Array, form: Form): Promise<Columns> => {
    if (direction === 'backward') return columns(direction, matrix, form, null);
    if (isTable(form)) return tableColumns(columns, matrix, form);
    return columns(direction, matrix, form, divisorsOf(form));
  };
  return async (name, form) => {
    if (form.part === 'divisors') return { divisors: divisorsOf(form) };
    const [matrix, kind] = [read(name, form, form.out), form.part.split('.')[0]!];
    if (kind === 'forward' || kind === 'backward') {
      const { values, scales } = await inColumns(kind, matrix, form);
      return { [kind]: values, [`${kind}.scales`]: scales };
    }
    const { codes, scales } = kind === 'blocks8' ? blocks8(matrix) : blocks4(matrix);
    return { [kind]: codes, [`${kind}.scales`]: scales };
  };
};

const keyOf = (name: string, part: string): string => `${name}.${part}`;

/** `weights` are the rest. */
export const storedWeights = (weights: Weights, options: Options): StoredWeights => {
  const formsOf = openMaker(weights, options);
  const made = new Map<string, TensorData>();
  let bytes = 0;
  return {
    ...weights,
    make: async (frozen) => {
      for (const { name, form } of frozen)
        if (form && !made.has(keyOf(name, form.part)))
          for (const [part, data] of Object.entries(await formsOf(name, form))) {
            made.set(keyOf(name, part), data);
            bytes += data.byteLength;
          }
    },
    tensor: (name, shape, form) => {
      if (!form) return weights.tensor(name, shape);
      const data = made.get(keyOf(name, form.part));
      if (!data) throw new TypeError(`${form.part} of ${name} was not made`);
      return tensor(data, shape);
    },
    bytes: () => bytes,
  };
};
