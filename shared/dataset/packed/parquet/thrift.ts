/** Thrift's compact protocol (https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md), as
 *  Parquet's headers are written in it. Nothing is believed: sizes are held against the bytes that there are. */
import { unreadable } from '../../unreadable.ts';

export type Value = boolean | number | Uint8Array | readonly Value[] | Struct;
export type Struct = ReadonlyMap<number, Value>;

const DEEPEST = 32;

export const broken = (why: string): never => unreadable('unreadable_parquet', why);

/** A place in bytes that moves on as they are read. Throws where there are no more. */
export class Cursor {
  at: number;
  readonly end: number;
  readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    [this.bytes, this.at, this.end] = [bytes, at, end];
  }
  byte(): number {
    if (this.at >= this.end) broken('it ends too early');
    return this.bytes[this.at++]!;
  }
  take(length: number): Uint8Array {
    if (!(length >= 0) || this.at + length > this.end) broken('it ends too early');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
  /** An unsigned number of at most 53 bits. */
  varint(): number {
    let [value, scale] = [0, 1];
    for (let i = 0; i < 10; i++) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    return broken('a number has no end');
  }
  zigzag(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}

const readList = (cursor: Cursor, depth: number): readonly Value[] => {
  const start = cursor.byte();
  const size = start >> 4 === 15 ? cursor.varint() : start >> 4;
  if (size > cursor.end - cursor.at) broken('a list is longer than the file');
  const type = start & 15;
  return Array.from({ length: size }, () =>
    type === 1 || type === 2 ? cursor.byte() === 1 : readValue(cursor, type, depth),
  );
};

const readMap = (cursor: Cursor, depth: number): readonly Value[] => {
  const size = cursor.varint();
  if (size === 0) return [];
  if (size > cursor.end - cursor.at) broken('a map is longer than the file');
  const types = cursor.byte();
  return Array.from({ length: size }, () => [
    readValue(cursor, types >> 4, depth),
    readValue(cursor, types & 15, depth),
  ]);
};

const readValue = (cursor: Cursor, type: number, depth: number): Value => {
  switch (type) {
    case 1:
      return true;
    case 2:
      return false;
    case 3:
      return cursor.byte();
    case 4:
    case 5:
    case 6:
      return cursor.zigzag();
    case 7:
      return cursor.take(8);
    case 8:
      return cursor.take(cursor.varint());
    case 9:
    case 10:
      return readList(cursor, depth + 1);
    case 11:
      return readMap(cursor, depth + 1);
    case 12:
      return readStruct(cursor, depth + 1);
    default:
      return broken(`a header has a value of type ${type}`);
  }
};

export const readStruct = (cursor: Cursor, depth = 0): Struct => {
  if (depth > DEEPEST) broken('headers nest too deep');
  const fields = new Map<number, Value>();
  let id = 0;
  for (let start = cursor.byte(); start !== 0; start = cursor.byte()) {
    id = start >> 4 === 0 ? cursor.zigzag() : id + (start >> 4);
    fields.set(id, readValue(cursor, start & 15, depth));
  }
  return fields;
};

export const numberIn = (struct: Struct, id: number, otherwise?: number): number => {
  const value = struct.get(id) ?? otherwise;
  return typeof value === 'number' ? value : broken(`field ${id} of a header is missing`);
};

export const structIn = (struct: Struct, id: number): Struct => {
  const value = struct.get(id);
  return value instanceof Map ? value : broken(`field ${id} of a header is missing`);
};

export const structsIn = (struct: Struct, id: number): readonly Struct[] => {
  const value = struct.get(id);
  if (!Array.isArray(value) || !value.every((entry) => entry instanceof Map))
    return broken(`field ${id} of a header is missing`);
  return value as readonly Struct[];
};

export const textIn = (struct: Struct, id: number): string => {
  const value = struct.get(id);
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : '';
};
