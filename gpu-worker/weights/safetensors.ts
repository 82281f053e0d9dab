/** Safetensors, https://github.com/huggingface/safetensors#format: 8 bytes header length, JSON, then the tensors' bytes. */
import { AppError } from '../../shared/errors.ts';
import { finder, openParsed, writeWhole, type RandomAccess } from './file.ts';
import { fromBfloat16, fromFloat16 } from './half.ts';

/** How a dtype's elements lie in memory. F16, BF16 and the eight-bit floats are bit patterns. */
const ARRAYS = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  F8_E4M3: Uint8Array,
  F8_E5M2: Uint8Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
  I32: Int32Array,
  U32: Uint32Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
} as const;
export type Dtype = keyof typeof ARRAYS;
export type TensorData =
  | Float64Array
  | Float32Array
  | BigInt64Array
  | BigUint64Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array;
export type TensorInfo = { readonly dtype: Dtype; readonly shape: readonly number[] };
type Placed = TensorInfo & { readonly from: number; readonly to: number };

/** An open file. `readFloat32` converts F64, F16 and BF16; `into` must have exactly the tensor's number of elements. */
export type Safetensors = {
  readonly path: string;
  readonly metadata: Readonly<Record<string, string>>;
  names(): string[];
  has(name: string): boolean;
  info(name: string): TensorInfo;
  read(name: string): TensorData;
  readFloat32(name: string, into?: Float32Array): Float32Array;
  close(): void;
};

const LONGEST_HEADER = 100_000_000; // the reference reader's limit
const CHUNK = 1 << 20; // elements converted at a time

const broken = (path: string, why: string, cause?: unknown): AppError =>
  new AppError('broken_file', `${path} is not a whole safetensors file: ${why}. Copy or download it again.`, {
    cause,
  });

export const sizeOf = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1);

const isCount = (x: unknown): x is number => Number.isSafeInteger(x) && (x as number) >= 0;

const parseTensor = (path: string, name: string, value: unknown): Placed => {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
  if (typeof dtype !== 'string' || !(dtype in ARRAYS))
    throw broken(path, `tensor ${name} has the unknown dtype ${String(dtype)}`);
  if (!Array.isArray(shape) || !shape.every(isCount) || !Array.isArray(offsets) || !offsets.every(isCount))
    throw broken(path, `tensor ${name} has no proper shape or offsets`);
  const [from, to] = offsets as [number, number];
  const wanted = sizeOf(shape) * ARRAYS[dtype as Dtype].BYTES_PER_ELEMENT;
  if (offsets.length !== 2 || to - from !== wanted)
    throw broken(path, `tensor ${name} takes ${to - from} bytes where its shape needs ${wanted}`);
  return { dtype: dtype as Dtype, shape, from, to };
};

const readHeader = (file: RandomAccess): { start: number; header: Record<string, unknown> } => {
  const { path, bytes } = file;
  if (bytes < 8) throw broken(path, `it has ${bytes} bytes, its header's length alone takes 8`);
  const prefix = new BigUint64Array(1);
  file.readInto(prefix, 0);
  const length = prefix[0]!;
  if (length > LONGEST_HEADER || Number(length) + 8 > bytes)
    throw broken(path, `its header claims ${length} bytes, the file has ${bytes}`);
  const text = new Uint8Array(Number(length));
  file.readInto(text, 8);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text));
  } catch (cause) {
    throw broken(path, 'its header is not JSON', cause);
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    throw broken(path, 'its header is not a JSON object');
  return { start: 8 + text.length, header: header as Record<string, unknown> };
};

/** Tensors must lie end to end and fill the file: what is not covered, or covered twice, is damage. */
const checkLayout = (path: string, tensors: ReadonlyMap<string, Placed>, space: number): void => {
  const order = [...tensors].toSorted(([, a], [, b]) => a.from - b.from || a.to - b.to);
  let end = 0;
  for (const [name, { from, to }] of order) {
    if (to > space) throw broken(path, `tensor ${name} ends at byte ${to} of ${space}`);
    if (from !== end)
      throw broken(path, `tensor ${name} begins at byte ${from}, the one before it ends at ${end}`);
    end = to;
  }
  if (end !== space) throw broken(path, `${space - end} bytes at its end belong to no tensor`);
};

const parseHeader = (file: RandomAccess) => {
  const { start, header } = readHeader(file);
  const { __metadata__: metadata = {}, ...entries } = header;
  const tensors = new Map<string, Placed>();
  for (const [name, value] of Object.entries(entries)) tensors.set(name, parseTensor(file.path, name, value));
  checkLayout(file.path, tensors, file.bytes - start);
  return { start, tensors, metadata: metadata as Record<string, string> };
};

const convertInto = (file: RandomAccess, dtype: Dtype, at: number, out: Float32Array): void => {
  const Source = ARRAYS[dtype];
  for (let i = 0; i < out.length; i += CHUNK) {
    const part = out.subarray(i, i + CHUNK);
    const source = new Source(part.length);
    file.readInto(source, at + i * Source.BYTES_PER_ELEMENT);
    if (dtype === 'F16') fromFloat16(source as Uint16Array, part);
    else if (dtype === 'BF16') fromBfloat16(source as Uint16Array, part);
    else part.set(source as Float64Array);
  }
};

/** Reads the header now and tensors when asked. Close it when done. */
export const openSafetensors = (path: string): Safetensors => {
  const { file, parsed } = openParsed(path, parseHeader);
  const { start, tensors, metadata } = parsed;
  const find = finder(tensors, path);
  return {
    path,
    metadata,
    names: () => [...tensors.keys()],
    has: (name) => tensors.has(name),
    info(name) {
      const { dtype, shape } = find(name);
      return { dtype, shape };
    },
    read(name) {
      const { dtype, shape, from } = find(name);
      const data = new ARRAYS[dtype](sizeOf(shape));
      file.readInto(data, start + from);
      return data;
    },
    readFloat32(name, into) {
      const { dtype, shape, from } = find(name);
      const out = into ?? new Float32Array(sizeOf(shape));
      if (out.length !== sizeOf(shape))
        throw new TypeError(`${name} has ${sizeOf(shape)} elements, the array given ${out.length}`);
      if (dtype === 'F32') file.readInto(out, start + from);
      else if (dtype === 'F16' || dtype === 'BF16' || dtype === 'F64')
        convertInto(file, dtype, start + from, out);
      else
        throw new AppError(
          'unsupported_model',
          `Tensor ${name} of ${path} is ${dtype}, which has no float32 form here: use a checkpoint in F32, F16 or BF16`,
        );
      return out;
    },
    close: () => file.close(),
  };
};

/** `data` may be a function, called when the tensor's turn comes, so that one tensor at a time is in memory. */
export type TensorToWrite = TensorInfo & { readonly data: TensorData | (() => TensorData) };

const takeData = (name: string, { dtype, shape, data }: TensorToWrite): TensorData => {
  const values = typeof data === 'function' ? data() : data;
  if (values.length !== sizeOf(shape) || values.BYTES_PER_ELEMENT !== ARRAYS[dtype].BYTES_PER_ELEMENT)
    throw new TypeError(`${name}: ${values.length} values are not ${dtype} [${shape.join(', ')}]`);
  return values;
};

/** Puts the whole file in place at once. Wide dtypes come first, so that every tensor is aligned. */
export const writeSafetensors = (
  path: string,
  tensors: Readonly<Record<string, TensorToWrite>>,
  metadata?: Readonly<Record<string, string>>,
): void => {
  const width = (t: TensorToWrite): number => ARRAYS[t.dtype].BYTES_PER_ELEMENT;
  const order = Object.entries(tensors).toSorted(([a, s], [b, t]) => width(t) - width(s) || (a < b ? -1 : 1));
  const header: Record<string, unknown> = metadata ? { __metadata__: metadata } : {};
  let end = 0;
  for (const [name, t] of order) {
    const from = end;
    end += sizeOf(t.shape) * width(t);
    header[name] = { dtype: t.dtype, shape: t.shape, data_offsets: [from, end] };
  }
  const json = Buffer.from(JSON.stringify(header));
  const padded = Buffer.alloc(Math.ceil(json.length / 8) * 8, ' ');
  json.copy(padded);
  const parts = function* (): Generator<ArrayBufferView> {
    yield BigUint64Array.of(BigInt(padded.length));
    yield padded;
    for (const [name, tensor] of order) yield takeData(name, tensor);
  };
  writeWhole(path, parts());
};
