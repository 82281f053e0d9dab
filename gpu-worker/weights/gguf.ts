/** GGUF versions 2 and 3, https://github.com/ggml-org/ggml/blob/master/docs/gguf.md */
import { AppError } from '../../shared/errors.ts';
import { BLOCK_FORMATS } from './dequantise.ts';
import { finder, openParsed, type RandomAccess } from './file.ts';
import { sizeOf } from './safetensors.ts';

export type GgufValue = number | boolean | string | readonly GgufValue[];
/** `shape` is in the order of rows and columns, the reverse of the file's. */
type GgufTensor = { readonly shape: readonly number[]; readonly type: number; readonly at: number };

export type Gguf = {
  readonly path: string;
  readonly metadata: ReadonlyMap<string, GgufValue>;
  names(): string[];
  has(name: string): boolean;
  shape(name: string): readonly number[];
  /** float32 as the file has it, rows not rearranged */
  read(name: string, into?: Float32Array): Float32Array;
  close(): void;
};

const MAGIC = 0x4655_4747;
const WINDOW = 1 << 20;
const DEEPEST_ARRAY = 4;

const broken = (path: string, why: string): AppError =>
  new AppError('broken_file', `${path} is not a whole GGUF file: ${why}. Copy or download it again.`);

/** Reads a file from its beginning, little by little. */
const cursorOf = (file: RandomAccess) => {
  let window = new DataView(new ArrayBuffer(0));
  let start = 0;
  let position = 0;
  const take = (bytes: number): DataView => {
    if (position + bytes > file.bytes)
      throw broken(file.path, `${bytes} bytes are missing after byte ${position}`);
    if (position < start || position + bytes > start + window.byteLength) {
      start = position;
      const size = Math.min(Math.max(bytes, WINDOW), file.bytes - start);
      window = new DataView(new ArrayBuffer(size));
      file.readInto(window, start);
    }
    position += bytes;
    return new DataView(window.buffer, position - bytes - start, bytes);
  };
  const long = (signed: boolean): number => {
    const value = signed ? take(8).getBigInt64(0, true) : take(8).getBigUint64(0, true);
    if (!Number.isSafeInteger(Number(value))) throw broken(file.path, `it has the number ${value}`);
    return Number(value);
  };
  const text = new TextDecoder();
  return {
    position: () => position,
    u8: () => take(1).getUint8(0),
    i8: () => take(1).getInt8(0),
    u16: () => take(2).getUint16(0, true),
    i16: () => take(2).getInt16(0, true),
    u32: () => take(4).getUint32(0, true),
    i32: () => take(4).getInt32(0, true),
    f32: () => take(4).getFloat32(0, true),
    f64: () => take(8).getFloat64(0, true),
    u64: () => long(false),
    i64: () => long(true),
    string: () => text.decode(take(long(false))),
  };
};
type Cursor = ReturnType<typeof cursorOf>;

const ARRAY = 9;
/** How a metadata value of each type number is read. */
const SCALARS: ReadonlyMap<number, (c: Cursor) => GgufValue> = new Map<number, (c: Cursor) => GgufValue>([
  [0, (c) => c.u8()],
  [1, (c) => c.i8()],
  [2, (c) => c.u16()],
  [3, (c) => c.i16()],
  [4, (c) => c.u32()],
  [5, (c) => c.i32()],
  [6, (c) => c.f32()],
  [7, (c) => c.u8() !== 0],
  [8, (c) => c.string()],
  [10, (c) => c.u64()],
  [11, (c) => c.i64()],
  [12, (c) => c.f64()],
]);

const readValue = (path: string, cursor: Cursor, type: number, depth = 0): GgufValue => {
  const scalar = SCALARS.get(type);
  if (scalar) return scalar(cursor);
  if (type !== ARRAY || depth === DEEPEST_ARRAY) throw broken(path, `a value has the unknown type ${type}`);
  const element = cursor.u32();
  const length = cursor.u64();
  const values: GgufValue[] = [];
  for (let i = 0; i < length; i++) values.push(readValue(path, cursor, element, depth + 1));
  return values;
};

const readTable = (file: RandomAccess) => {
  const { path } = file;
  const cursor = cursorOf(file);
  if (file.bytes < 4 || cursor.u32() !== MAGIC) throw broken(path, 'it does not begin with GGUF');
  const version = cursor.u32();
  if (version !== 2 && version !== 3)
    throw new AppError(
      'unsupported_model',
      `${path} is GGUF version ${version}: versions 2 and 3 are read here`,
    );
  const tensorCount = cursor.u64();
  const valueCount = cursor.u64();
  const metadata = new Map<string, GgufValue>();
  for (let i = 0; i < valueCount; i++) metadata.set(cursor.string(), readValue(path, cursor, cursor.u32()));
  const tensors = new Map<string, GgufTensor>();
  for (let i = 0; i < tensorCount; i++) {
    const name = cursor.string();
    const shape: number[] = [];
    for (let dimensions = cursor.u32(); dimensions > 0; dimensions--) shape.unshift(cursor.u64());
    tensors.set(name, { shape, type: cursor.u32(), at: cursor.u64() });
  }
  const alignment = Number(metadata.get('general.alignment') ?? 32);
  return { metadata, tensors, data: Math.ceil(cursor.position() / alignment) * alignment };
};

const bytesOfTensor = (path: string, name: string, { shape, type }: GgufTensor): number | null => {
  const format = BLOCK_FORMATS.get(type);
  if (!format) return null;
  if ((shape.at(-1) ?? 1) % format.elements !== 0)
    throw broken(path, `rows of ${name} are no whole blocks of ${format.name}`);
  return (sizeOf(shape) / format.elements) * format.bytes;
};

/** A tensor whose format is not known here is an error when it is read, not before. */
const checkLayout = (file: RandomAccess, tensors: ReadonlyMap<string, GgufTensor>, data: number): void => {
  for (const [name, tensor] of tensors) {
    const end = data + tensor.at + (bytesOfTensor(file.path, name, tensor) ?? 0);
    if (end > file.bytes) throw broken(file.path, `tensor ${name} ends at byte ${end} of ${file.bytes}`);
  }
};

const readTensor = (
  file: RandomAccess,
  name: string,
  tensor: GgufTensor,
  data: number,
  out: Float32Array,
) => {
  const format = BLOCK_FORMATS.get(tensor.type);
  if (!format)
    throw new AppError(
      'unsupported_model',
      `Tensor ${name} of ${file.path} is in GGML format ${tensor.type}, which is not read here. Read are: ${Array.from(BLOCK_FORMATS.values(), (f) => f.name).join(', ')}`,
    );
  const blocks = out.length / format.elements;
  const step = Math.max(1, Math.floor(WINDOW / format.bytes));
  for (let from = 0; from < blocks; from += step) {
    const source = new Uint8Array(Math.min(step, blocks - from) * format.bytes);
    file.readInto(source, data + tensor.at + from * format.bytes);
    const to = from * format.elements;
    format.dequantise(source, out.subarray(to, to + (source.length / format.bytes) * format.elements));
  }
};

/** Reads metadata and the table of tensors now, tensors when asked. Close it when done. */
export const openGguf = (path: string): Gguf => {
  const { file, parsed } = openParsed(path, (opened) => {
    const table = readTable(opened);
    checkLayout(opened, table.tensors, table.data);
    return table;
  });
  const { metadata, tensors, data } = parsed;
  const find = finder(tensors, path);
  return {
    path,
    metadata,
    names: () => [...tensors.keys()],
    has: (name) => tensors.has(name),
    shape: (name) => find(name).shape,
    read(name, into) {
      const tensor = find(name);
      const out = into ?? new Float32Array(sizeOf(tensor.shape));
      if (out.length !== sizeOf(tensor.shape))
        throw new TypeError(`${name} has ${sizeOf(tensor.shape)} elements, the array given ${out.length}`);
      readTensor(file, name, tensor, data, out);
      return out;
    },
    close: () => file.close(),
  };
};
