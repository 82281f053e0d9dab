/** Bytes → text. UTF-8 and UTF-16 with or without a byte order mark, GB18030; anything else is refused with its line. */
import { decodes, encodingOf, type Encoding } from './encoding.ts';
import { unreadable } from './unreadable.ts';

const SNIFFED = 65_536;

/** Whole characters of GB18030, which only a walk from the start can tell. */
const wholeChinese = (bytes: Uint8Array): number => {
  let at = 0;
  while (at < bytes.length) {
    const next = bytes[at]! < 0x81 ? 1 : (bytes[at + 1] ?? 0) >= 0x40 ? 2 : 4;
    if (at + next > bytes.length) return at;
    at += next;
  }
  return at;
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
  if (encoding === 'gb18030') return wholeChinese(bytes);
  const even = n - (n % 2);
  const high = even > 0 ? bytes[encoding === 'utf-16le' ? even - 1 : even - 2]! : 0;
  return (high & 0xfc) === 0xd8 ? even - 2 : even; // the first half of a surrogate pair
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

export const newlines = (text: string): number => text.split('\n').length - 1;

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
