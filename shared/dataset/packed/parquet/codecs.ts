/** Pages unpacked. Each knows how many bytes must come out. */
import { collect, pieces } from '../bytes.ts';
import { inflate, unzstd } from '../inflate.ts';
import { broken, Cursor } from './thrift.ts';

/** Copies from what was written already, which may overlap what is being written. */
const repeat = (out: Uint8Array, at: number, back: number, length: number): number => {
  if (back <= 0 || back > at || at + length > out.length) broken('a page is damaged');
  for (let i = 0; i < length; i++) out[at + i] = out[at + i - back]!;
  return at + length;
};

const copy = (out: Uint8Array, at: number, from: Uint8Array): number => {
  if (at + from.length > out.length) broken('a page is damaged');
  out.set(from, at);
  return at + from.length;
};

const little = (bytes: Uint8Array): number => bytes.reduceRight((sum, byte) => sum * 256 + byte, 0);

/** https://github.com/google/snappy/blob/main/format_description.txt */
const snappy = (packed: Uint8Array, size: number): Uint8Array => {
  const cursor = new Cursor(packed);
  if (cursor.varint() !== size) broken('a page has another size than it says');
  const out = new Uint8Array(size);
  let at = 0;
  while (cursor.at < cursor.end) {
    const tag = cursor.byte();
    const high = tag >> 2;
    if ((tag & 3) === 0)
      at = copy(out, at, cursor.take(1 + (high < 60 ? high : little(cursor.take(high - 59)))));
    else if ((tag & 3) === 1) at = repeat(out, at, (tag >> 5) * 256 + cursor.byte(), 4 + (high & 7));
    else at = repeat(out, at, little(cursor.take((tag & 3) === 2 ? 2 : 4)), 1 + high);
  }
  return at === size ? out : broken('a page has another size than it says');
};

/** https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md */
const lz4 = (packed: Uint8Array, size: number): Uint8Array => {
  const cursor = new Cursor(packed);
  const out = new Uint8Array(size);
  const more = (start: number): number => {
    let length = start;
    if (start === 15) for (let byte = 255; byte === 255; length += byte) byte = cursor.byte();
    return length;
  };
  let at = 0;
  while (cursor.at < cursor.end) {
    const token = cursor.byte();
    at = copy(out, at, cursor.take(more(token >> 4)));
    if (cursor.at < cursor.end) at = repeat(out, at, little(cursor.take(2)), 4 + more(token & 15));
  }
  return at === size ? out : broken('a page has another size than it says');
};

const NAMES = ['none', 'snappy', 'gzip', 'LZO', 'Brotli', 'LZ4 of old', 'zstd', 'LZ4'];

export const unpackPage = async (codec: number, packed: Uint8Array, size: number): Promise<Uint8Array> => {
  if (size === 0) return new Uint8Array();
  if (codec === 1) return snappy(packed, size);
  if (codec === 7) return lz4(packed, size);
  const stream = codec === 2 ? inflate(pieces(packed), 'gzip') : codec === 6 ? unzstd(pieces(packed)) : null;
  if (codec !== 0 && !stream) broken(`it is packed with ${NAMES[codec] ?? `codec ${codec}`}`);
  const page = stream ? await collect(stream, size) : packed;
  return page.length === size ? page : broken('a page has another size than it says');
};
