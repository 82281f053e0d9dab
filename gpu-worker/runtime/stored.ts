/** Weights whose linears are stored in 8 or 4 bits: made from float32 when first asked for, which is not kept. */
import type { Form } from '../nn/seams.ts';
import { blocks4, blocks8, columns8, migration, transposed } from '../ops/quantise.ts';
import { tensor, type TensorData } from './session.ts';
import type { Weights } from './weights.ts';

/** How much of a channel's size goes from activations into weights. Of 0.5, 0.65 and 0.8 the middle one keeps the gradient
 *  best: cosines 0.993, 0.994, 0.991 (SmolLM2-135M, two texts of 512 tokens). */
const ALPHA = 0.65;

export type StoredWeights = Weights & {
  /** bytes of all forms made so far */
  bytes(): number;
};

/** Path of the first linear of each group → the largest size of each channel that the group reads. */
type Largest = ReadonlyMap<string, Float32Array>;

type Made = Readonly<Partial<Record<Form['part'], TensorData>>>;

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

/** What is stored in bits is read by `copy`, the rest by `weights`. */
export const storedWeights = (weights: Weights, copy: Weights['copy'], largest: Largest): StoredWeights => {
  const made = new Map<string, TensorData>();
  const divisors = new Map<string, Float32Array>();
  let bytes = 0;

  /** W [out, in] */
  const read = (name: string, { in: width, conv1d }: Form, out: number): Float32Array => {
    const data = new Float32Array(width * out);
    copy(name, data);
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
  const make = (name: string, form: Form): Made => {
    if (form.part === 'divisors') return { divisors: divisorsOf(form) };
    const [matrix, kind] = [read(name, form, form.out), form.part.split('.')[0]!];
    if (kind === 'backward') {
      const { values, scales } = columns8(matrix, form.out, form.in);
      return { backward: values, 'backward.scales': scales };
    }
    if (kind === 'forward') {
      const there = transposed(matrix, form.out, form.in, divisorsOf(form));
      const { values, scales } = columns8(there, form.in, form.out);
      return { forward: values, 'forward.scales': scales };
    }
    if (kind === 'blocks8') {
      const { codes, scales } = blocks8(matrix);
      return { blocks8: codes, 'blocks8.scales': scales };
    }
    const { codes, scales } = blocks4(matrix);
    return { blocks4: codes, 'blocks4.scales': scales };
  };
  return {
    ...weights,
    tensor: (name, shape, form) => {
      if (!form) return weights.tensor(name, shape);
      const key = (part: string) => `${name}.${part}`;
      if (!made.has(key(form.part)))
        for (const [part, data] of Object.entries(make(name, form))) {
          made.set(key(part), data);
          bytes += data.byteLength;
        }
      return tensor(made.get(key(form.part))!, shape);
    },
    bytes: () => bytes,
  };
};
