/** Values of a page, by encoding: https://github.com/apache/parquet-format/blob/master/Encodings.md */
import type { Leaf } from './footer.ts';
import { broken, Cursor } from './thrift.ts';

/** INT64 is a bigint, bytes are a view of the page. */
export type Plain = boolean | number | bigint | Uint8Array;

/** Numbers of `width` bits, in runs or packed, exactly `count` of them. */
export const readHybrid = (cursor: Cursor, width: number, count: number): Uint32Array => {
  if (width > 32) broken('a page is damaged');
  const out = new Uint32Array(count);
  let done = 0;
  while (done < count) {
    const header = cursor.varint();
    if (header % 2 === 0) {
      const run = Math.min(header / 2, count - done);
      if (run === 0) broken('a page is damaged');
      const value = cursor.take(Math.ceil(width / 8)).reduceRight((sum, byte) => sum * 256 + byte, 0);
      out.fill(value, done, done + run);
      done += run;
    } else {
      const groups = (header - 1) / 2;
      const length = Math.min(groups * width, cursor.end - cursor.at); // writers leave the padding out
      if (groups === 0) broken('a page is damaged');
      done = unpackBits(cursor.take(length), width, out, done, groups * 8);
    }
  }
  return out;
};

/** At most `most` numbers from `bytes`, the lowest bit first. */
const unpackBits = (
  bytes: Uint8Array,
  width: number,
  out: Uint32Array,
  from: number,
  most: number,
): number => {
  const count = Math.min(most, out.length - from);
  if (count * width > bytes.length * 8) broken('it ends too early');
  for (let i = 0; i < count; i++) {
    let value = 0;
    for (let bit = 0, at = i * width; bit < width; bit++, at++)
      if ((bytes[at >> 3]! >> (at & 7)) & 1) value += 2 ** bit;
    out[from + i] = value;
  }
  return from + count;
};

const int64 = (bytes: Uint8Array): bigint =>
  new DataView(bytes.buffer, bytes.byteOffset, 8).getBigInt64(0, true);

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

const readOne = (cursor: Cursor, { type, length }: Leaf): Plain => {
  switch (type) {
    case 'INT32':
      return view(cursor.take(4)).getInt32(0, true);
    case 'INT64':
      return int64(cursor.take(8));
    case 'FLOAT':
      return view(cursor.take(4)).getFloat32(0, true);
    case 'DOUBLE':
      return view(cursor.take(8)).getFloat64(0, true);
    case 'INT96':
      return cursor.take(12);
    case 'FIXED':
      return cursor.take(length);
    default:
      return cursor.take(view(cursor.take(4)).getUint32(0, true));
  }
};

export const readPlain = (cursor: Cursor, leaf: Leaf, count: number): readonly Plain[] => {
  if (leaf.type === 'BOOLEAN') {
    const bits = new Uint32Array(count);
    unpackBits(cursor.take(Math.ceil(count / 8)), 1, bits, 0, count);
    return Array.from(bits, (bit) => bit === 1);
  }
  if (count > cursor.end - cursor.at && leaf.length !== 0) broken('it ends too early');
  const out: Plain[] = [];
  for (let i = 0; i < count; i++) out.push(readOne(cursor, leaf));
  return out;
};

/** Numbers as differences, in blocks of bit-packed ones; wrapping as 64 bits do. */
const readDeltas = (cursor: Cursor, count: number): readonly bigint[] => {
  const [size, minis, total] = [cursor.varint(), cursor.varint(), cursor.varint()];
  const per = size / minis;
  if (total !== count || !Number.isInteger(per) || per % 8 !== 0 || per < 8 || minis > 4096)
    broken('a page is damaged');
  const big = (): bigint => {
    let [value, shift] = [0n, 0n];
    for (let byte = 255; byte >= 0x80 && shift < 70n; shift += 7n) {
      byte = cursor.byte();
      value |= BigInt(byte & 0x7f) << shift;
    }
    return (value >> 1n) ^ -(value & 1n);
  };
  const out: bigint[] = [];
  let value = big();
  if (count > 0) out.push(value);
  while (out.length < count) {
    const least = big();
    const widths = cursor.take(minis).slice();
    for (let mini = 0; mini < minis && out.length < count; mini++) {
      const width = widths[mini]!;
      if (width > 64) broken('a page is damaged');
      const bits = cursor.take((per * width) / 8);
      for (let i = 0; i < per && out.length < count; i++) {
        value = BigInt.asIntN(64, value + least + bitsAt(bits, i * width, width));
        out.push(value);
      }
    }
  }
  return out;
};

const bitsAt = (bytes: Uint8Array, at: number, width: number): bigint => {
  let value = 0n;
  for (let bit = 0; bit < width; bit++)
    if ((bytes[(at + bit) >> 3]! >> ((at + bit) & 7)) & 1) value |= 1n << BigInt(bit);
  return value;
};

const readLengths = (cursor: Cursor, count: number): readonly Uint8Array[] =>
  readDeltas(cursor, count).map((length) => cursor.take(Number(length)));

/** Texts that begin as the one before them. */
const readPrefixed = (cursor: Cursor, count: number): readonly Uint8Array[] => {
  const prefixes = readDeltas(cursor, count).map(Number);
  let before: Uint8Array = new Uint8Array();
  return readLengths(cursor, count).map((suffix, i) => {
    const shared = prefixes[i]!;
    if (shared < 0 || shared > before.length) broken('a page is damaged');
    const whole = new Uint8Array(shared + suffix.length);
    whole.set(before.subarray(0, shared));
    whole.set(suffix, shared);
    return (before = whole);
  });
};

/** Each value's first byte, then each one's second, and so on. */
const readSplit = (cursor: Cursor, leaf: Leaf, count: number): readonly Plain[] => {
  const width = { INT32: 4, FLOAT: 4, INT64: 8, DOUBLE: 8, FIXED: leaf.length }[leaf.type as 'INT32'] ?? 0;
  const bytes = cursor.take(width * count);
  const plain = Uint8Array.from(bytes, (_, i) => bytes[(i % width) * count + Math.floor(i / width)]!);
  return readPlain(new Cursor(plain), leaf, count);
};

/** Exactly `count` values. */
export const readValues = (
  cursor: Cursor,
  encoding: number,
  leaf: Leaf,
  count: number,
  dictionary: readonly Plain[] | null,
): readonly Plain[] => {
  switch (encoding) {
    case 0:
      return readPlain(cursor, leaf, count);
    case 2:
    case 8: {
      if (count === 0) return [];
      const words = dictionary ?? broken('a dictionary is missing');
      return Array.from(
        readHybrid(cursor, cursor.byte(), count),
        (i) => words[i] ?? broken('a dictionary is too short'),
      );
    }
    case 3: {
      if (leaf.type !== 'BOOLEAN') return broken('a page is damaged');
      cursor.take(4);
      return Array.from(readHybrid(cursor, 1, count), (bit) => bit === 1);
    }
    case 5:
      return readDeltas(cursor, count).map((value) =>
        leaf.type === 'INT32' ? Number(BigInt.asIntN(32, value)) : value,
      );
    case 6:
      return readLengths(cursor, count);
    case 7:
      return readPrefixed(cursor, count);
    case 9:
      return readSplit(cursor, leaf, count);
    default:
      return broken(`encoding ${encoding} is unknown`);
  }
};
