/** Bytes → text. UTF-8 with or without a byte order mark, UTF-16 with one; anything else is refused with its line. */
import { unreadable } from './unreadable.ts';

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

const SNIFFED = 4096;

const PACKED: readonly (readonly [name: string, magic: readonly number[]])[] = [
  ['a gzip file', [0x1f, 0x8b]],
  ['a zip file or a spreadsheet', [0x50, 0x4b, 0x03, 0x04]],
  ['a zstd file', [0x28, 0xb5, 0x2f, 0xfd]],
  ['a Parquet file', [0x50, 0x41, 0x52, 0x31]],
  ['a PDF file', [0x25, 0x50, 0x44, 0x46, 0x2d]],
];

/** By byte order mark. Throws `not_text` for packed files and for zero bytes without a mark. */
export const encodingOf = (head: Uint8Array): Encoding => {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  const packed = PACKED.find(([, magic]) => magic.every((byte, i) => head[i] === byte));
  if (packed) return unreadable('not_text', `this is ${packed[0]}`);
  const zero = head.indexOf(0);
  if (zero >= 0) return unreadable('not_text', `a zero byte at offset ${zero}`);
  return 'utf-8';
};

/** How many bytes at the start are whole characters: the rest waits for the next chunk. */
const wholeBytes = (bytes: Uint8Array, encoding: Encoding): number => {
  const n = bytes.length;
  if (encoding === 'utf-8') {
    for (let back = 1; back <= Math.min(3, n); back++) {
      const byte = bytes[n - back]!;
      if (byte < 0x80) return n;
      if (byte < 0xc0) continue;
      const length = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
      return length > back ? n - back : n;
    }
    return n;
  }
  const even = n - (n % 2);
  const high = even > 0 ? bytes[encoding === 'utf-16le' ? even - 1 : even - 2]! : 0;
  return (high & 0xfc) === 0xd8 ? even - 2 : even; // the first half of a surrogate pair
};

const decodes = (bytes: Uint8Array, encoding: Encoding): string | null => {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes, { stream: true });
  } catch {
    return null;
  }
};

/** The longest start that decodes: what comes out does not depend on where chunks were cut. */
export const decodedStart = (bytes: Uint8Array, encoding: Encoding): { text: string; bytes: number } => {
  let [low, high] = [0, bytes.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (decodes(bytes.subarray(0, middle), encoding) === null) high = middle - 1;
    else low = middle;
  }
  return { text: decodes(bytes.subarray(0, low), encoding) ?? '', bytes: low };
};

const join = (a: Uint8Array, b: Uint8Array): Uint8Array => (a.length === 0 ? b : Buffer.concat([a, b]));

const newlines = (text: string): number => text.split('\n').length - 1;

/** Text of a file in pieces, without its byte order mark; `seen` hears of the encoding before the first piece.
 *  Throws `not_text` (see `unreadable`), after having handed out all text before the bad byte. */
export const decodeText = async function* (
  chunks: AsyncIterable<Uint8Array>,
  seen: (encoding: Encoding) => void,
): AsyncGenerator<string> {
  let encoding: Encoding | null = null;
  let waiting: Uint8Array = new Uint8Array();
  let [line, offset] = [1, 0];

  const pieces = function* (bytes: Uint8Array, last: boolean, first: boolean): Generator<string> {
    if (first) seen((encoding = encodingOf(bytes.subarray(0, SNIFFED))));
    const whole = last ? bytes.length : wholeBytes(bytes, encoding!);
    const ready = bytes.subarray(0, whole);
    const start = decodes(ready, encoding!);
    const clean = start !== null && (!last || whole === wholeBytes(bytes, encoding!));
    const { text, bytes: good } = clean ? { text: start, bytes: whole } : decodedStart(ready, encoding!);
    yield first && text.startsWith('\ufeff') ? text.slice(1) : text;
    line += newlines(text);
    if (!clean) {
      const bad =
        ready[good] === undefined ? 'the end' : `byte 0x${ready[good].toString(16).padStart(2, '0')}`;
      unreadable('not_text', `${bad} at offset ${offset + good} does not fit ${encoding}`, line);
    }
    offset += whole;
    waiting = bytes.subarray(whole);
  };

  for await (const chunk of chunks) {
    const bytes = join(waiting, chunk);
    if (encoding === null && bytes.length < SNIFFED) waiting = bytes;
    else yield* pieces(bytes, false, encoding === null);
  }
  if (waiting.length > 0) yield* pieces(waiting, true, encoding === null);
};
