/** The pages of a column chunk → its levels and values. */
import { crc32 } from '../crc32.ts';
import { unpackPage } from './codecs.ts';
import type { Chunk, Leaf, Node } from './footer.ts';
import { broken, Cursor, numberIn, readStruct, structIn, type Struct } from './thrift.ts';
import { readHybrid, readPlain, readValues, type Plain } from './values.ts';

/** Entry by entry: at which level it repeats, at which it is there; values of those that are there fully. */
export type Column = {
  readonly repeats: Uint8Array;
  readonly definitions: Uint8Array;
  readonly values: readonly Plain[];
};
type Page = {
  readonly repeats: Uint32Array;
  readonly definitions: Uint32Array;
  readonly values: readonly Plain[];
};

const LARGEST_PAGE = 256 * 1024 * 1024;
const bitsFor = (most: number): number => Math.ceil(Math.log2(most + 1));

const levels = (cursor: Cursor, most: number, count: number): Uint32Array => {
  if (most === 0) return new Uint32Array(count);
  const found = readHybrid(cursor, bitsFor(most), count);
  return found.every((level) => level <= most) ? found : broken('a page is damaged');
};

/** Levels of the first version have their length before them. */
const lengthed = (cursor: Cursor, most: number, count: number): Uint32Array => {
  if (most === 0) return new Uint32Array(count);
  const bytes = cursor.take(4);
  const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  const start = cursor.at;
  cursor.take(length);
  return levels(new Cursor(cursor.bytes, start, cursor.at), most, count);
};

const full = (definitions: Uint32Array, { definition }: Node): number =>
  definitions.reduce((sum, level) => sum + (level === definition ? 1 : 0), 0);

const readFirst = (
  page: Uint8Array,
  header: Struct,
  node: Node,
  leaf: Leaf,
  words: readonly Plain[] | null,
): Page => {
  const cursor = new Cursor(page);
  const count = numberIn(header, 1);
  const repeats = lengthed(cursor, node.repeats, count);
  const definitions = lengthed(cursor, node.definition, count);
  const values = readValues(cursor, numberIn(header, 2), leaf, full(definitions, node), words);
  return { repeats, definitions, values };
};

const readSecond = async (
  packed: Uint8Array,
  size: number,
  header: Struct,
  { node, leaf, codec, words }: { node: Node; leaf: Leaf; codec: number; words: readonly Plain[] | null },
): Promise<Page> => {
  const count = numberIn(header, 1);
  const [definitionBytes, repeatBytes] = [numberIn(header, 5), numberIn(header, 6)];
  const cursor = new Cursor(packed);
  const repeats = levels(new Cursor(cursor.take(repeatBytes)), node.repeats, count);
  const definitions = levels(new Cursor(cursor.take(definitionBytes)), node.definition, count);
  const rest = cursor.take(packed.length - cursor.at);
  const plain = header.get(7) === false;
  const page = plain ? rest : await unpackPage(codec, rest, size - definitionBytes - repeatBytes);
  const values = readValues(new Cursor(page), numberIn(header, 4), leaf, full(definitions, node), words);
  return { repeats, definitions, values };
};

/** `most` is how many values may still come; `unpacked` hears of every page's size before it is unpacked. */
export const readColumn = async (
  bytes: Uint8Array,
  chunk: Chunk,
  node: Node,
  unpacked: (size: number) => void,
): Promise<Column> => {
  const leaf = node.leaf!;
  const cursor = new Cursor(bytes, chunk.from, chunk.to);
  const repeats = new Uint8Array(chunk.values);
  const definitions = new Uint8Array(chunk.values);
  const values: Plain[] = [];
  let words: readonly Plain[] | null = null;
  let done = 0;
  while (done < chunk.values) {
    const header = readStruct(cursor);
    const [type, size] = [numberIn(header, 1), numberIn(header, 2)];
    if (!(size >= 0 && size <= LARGEST_PAGE)) broken('a page is too large');
    unpacked(size);
    const packed = cursor.take(numberIn(header, 3));
    const crc = header.get(4);
    if (typeof crc === 'number' && crc32(packed) !== crc >>> 0)
      broken('a page does not agree with its checksum');
    if (type === 2) {
      const page = await unpackPage(chunk.codec, packed, size);
      const count = numberIn(structIn(header, 7), 1);
      if (count < 0 || count > size + 1) broken('a page is damaged');
      words = readPlain(new Cursor(page), leaf, count);
    } else if (type === 0 || type === 3) {
      const about = structIn(header, type === 0 ? 5 : 8);
      const count = numberIn(about, 1);
      if (!(count >= 0) || done + count > chunk.values) broken('a column has more values than it says');
      const page =
        type === 0
          ? readFirst(await unpackPage(chunk.codec, packed, size), about, node, leaf, words)
          : await readSecond(packed, size, about, { node, leaf, codec: chunk.codec, words });
      repeats.set(page.repeats, done);
      definitions.set(page.definitions, done);
      for (const value of page.values) values.push(value);
      done += count;
    }
  }
  return { repeats, definitions, values };
};
