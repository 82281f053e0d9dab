/** Bytes of JSON Lines cut into pieces of whole lines, and such a piece as rows. No thread but the one that parses a
 *  piece looks at each byte. */
import { isUtf8 } from 'node:buffer';
import type { InputRow } from './containers/container.ts';
import { parseRow } from './containers/parse.ts';
import { decodedStart } from './decode.ts';
import { letGo } from '../let-go.ts';
import type { Defect } from './problems.ts';
import { unreadable } from './unreadable.ts';

const [NEWLINE, RETURN] = [0x0a, 0x0d];
const PIECE = 512 * 1024;
/** Bytes of a line that is refused only once it is whole: beyond it, reading ends. */
const LONGEST_LINE = 64 * PIECE;

/** Pieces of about 512 KiB that end with a newline (the last one with the file), each with the offset of its first byte.
 *  Chunks that are its `own` are let go as soon as they were copied. */
export const pieces = async function* (
  chunks: AsyncIterable<Uint8Array>,
  own = false,
): AsyncGenerator<{ lines: Uint8Array<ArrayBuffer>; offset: number }> {
  let waiting: Uint8Array[] = [];
  let size = 0;
  let offset = 0;
  const take = (last: Uint8Array) => {
    const parts = [...waiting, last];
    const lines = new Uint8Array(size + last.length);
    let at = 0;
    for (const part of parts) {
      lines.set(part, at);
      at += part.length;
    }
    const piece = { lines, offset };
    offset += lines.length;
    if (own) letGo(parts.map(({ buffer }) => buffer as ArrayBuffer));
    waiting = [];
    size = 0;
    return piece;
  };
  for await (const chunk of chunks) {
    const end = size + chunk.length < PIECE ? -1 : chunk.lastIndexOf(NEWLINE);
    const rest = end < 0 ? chunk : new Uint8Array(chunk.subarray(end + 1)); // the chunk itself may go
    if (end >= 0) yield take(chunk.subarray(0, end + 1));
    if (rest.length > 0) waiting.push(rest);
    size += rest.length;
    if (size > LONGEST_LINE)
      unreadable('line_too_long', `more than ${LONGEST_LINE} bytes without a line end`);
  }
  if (size > 0) yield take(new Uint8Array());
};

/** Where lines end, each with its newline. */
const endsOf = (bytes: Uint8Array): Uint32Array => {
  let ends = new Uint32Array(1024);
  let count = 0;
  for (let at = 0; at < bytes.length;) {
    const newline = bytes.indexOf(NEWLINE, at);
    at = newline < 0 ? bytes.length : newline + 1;
    if (count === ends.length) {
      const grown = new Uint32Array(2 * count);
      grown.set(ends);
      ends = grown;
    }
    ends[count++] = at;
  }
  return ends.subarray(0, count);
};

const isBlank = (text: string): boolean => text.trim() === '';

/** How many bytes at the start are whole lines of UTF-8, and why it ends there where that is not all. */
const soundLines = (bytes: Uint8Array, offset: number): { sound: number; broken: Defect | null } => {
  if (isUtf8(bytes)) return { sound: bytes.length, broken: null };
  const { text, bytes: good } = decodedStart(bytes, 'utf-8');
  const bad = bytes[good] === undefined ? 'the end' : `byte 0x${bytes[good].toString(16).padStart(2, '0')}`;
  const excerpt = `${bad} at offset ${offset + good} does not fit utf-8`;
  return {
    sound: bytes.subarray(0, good).lastIndexOf(NEWLINE) + 1,
    broken: { code: 'not_text', pointer: '', excerpt, line: text.split('\n').length },
  };
};

const hasMark = (bytes: Uint8Array): boolean => bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;

/** Rows of whole lines, blank ones left out; lines from 1. `broken`: why there are no more of them. */
export const linesOf = (bytes: Uint8Array, offset: number) => {
  const { sound, broken } = soundLines(bytes, offset);
  const ends = endsOf(bytes);
  return {
    count: ends.length,
    broken,
    /** a line as it came */
    bytesOf: (line: number): Uint8Array => bytes.subarray(line === 1 ? 0 : ends[line - 2], ends[line - 1]),
    *rows(): Generator<InputRow> {
      const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      let from = offset === 0 && hasMark(bytes) ? 3 : 0;
      for (let line = 1; from < sound; line++) {
        const next = ends[line - 1]!;
        let to = bytes[next - 1] === NEWLINE ? next - 1 : next;
        if (to > from && bytes[to - 1] === RETURN) to -= 1;
        const row = buffer.toString('utf8', from, to); // by line: one in Chinese makes no others wide
        if (!isBlank(row)) yield parseRow(row, line);
        from = next;
      }
    },
  };
};
