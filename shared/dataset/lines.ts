/** Bytes of JSON Lines cut into pieces of whole lines, and such a piece as rows. No thread but the one that parses a
 *  piece looks at each byte. */
import type { InputRow } from './containers/container.ts';
import { parseRow } from './containers/parse.ts';
import { decodedStart } from './decode.ts';
import type { Defect } from './problems.ts';
import { unreadable } from './unreadable.ts';

const NEWLINE = 0x0a;
const PIECE = 512 * 1024;
/** Bytes of a line that is refused only once it is whole: beyond it, reading ends. */
const LONGEST_LINE = 64 * PIECE;

/** Pieces of about 512 KiB that end with a newline (the last one with the file), each with the offset of its first byte. */
export const pieces = async function* (
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ lines: Uint8Array<ArrayBuffer>; offset: number }> {
  let waiting: Uint8Array[] = [];
  let size = 0;
  let offset = 0;
  const take = (last: Uint8Array) => {
    const lines = new Uint8Array(size + last.length);
    let at = 0;
    for (const part of [...waiting, last]) {
      lines.set(part, at);
      at += part.length;
    }
    const piece = { lines, offset };
    offset += lines.length;
    waiting = [];
    size = 0;
    return piece;
  };
  for await (const chunk of chunks) {
    const end = size + chunk.length < PIECE ? -1 : chunk.lastIndexOf(NEWLINE);
    if (end >= 0) yield take(chunk.subarray(0, end + 1));
    const rest = chunk.subarray(end + 1);
    if (rest.length > 0) waiting.push(rest);
    size += rest.length;
    if (size > LONGEST_LINE)
      unreadable('line_too_long', `more than ${LONGEST_LINE} bytes without a line end`);
  }
  if (size > 0) yield take(new Uint8Array());
};

const countLines = (bytes: Uint8Array): number => {
  let count = 0;
  let at = 0;
  for (let to = bytes.indexOf(NEWLINE); to >= 0; to = bytes.indexOf(NEWLINE, at)) {
    count += 1;
    at = to + 1;
  }
  return at < bytes.length ? count + 1 : count;
};

const isBlank = (text: string): boolean => text.trim() === '';

/** The text of whole lines; where bytes are no UTF-8, of the lines before them and why it ends there. */
const decodeLines = (bytes: Uint8Array, offset: number): { text: string; broken: Defect | null } => {
  const strip = (text: string): string => (offset === 0 && text.startsWith('\ufeff') ? text.slice(1) : text);
  try {
    return {
      text: strip(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)),
      broken: null,
    };
  } catch {
    const { text, bytes: good } = decodedStart(bytes, 'utf-8');
    const bad = bytes[good] === undefined ? 'the end' : `byte 0x${bytes[good].toString(16).padStart(2, '0')}`;
    const excerpt = `${bad} at offset ${offset + good} does not fit utf-8`;
    return {
      text: strip(text.slice(0, text.lastIndexOf('\n') + 1)),
      broken: { code: 'not_text', pointer: '', excerpt, line: text.split('\n').length },
    };
  }
};

/** Rows of whole lines, blank ones left out; lines from 1. `broken`: why there are no more of them. */
export const linesOf = (bytes: Uint8Array, offset: number) => {
  const { text, broken } = decodeLines(bytes, offset);
  return {
    count: countLines(bytes),
    broken,
    *rows(): Generator<InputRow> {
      let [line, from] = [1, 0];
      while (from < text.length) {
        const newline = text.indexOf('\n', from);
        const to = newline < 0 ? text.length : newline;
        const end = to > from && text.charCodeAt(to - 1) === 0x0d ? to - 1 : to;
        const row = text.slice(from, end);
        if (!isBlank(row)) yield parseRow(row, line);
        line += 1;
        from = to + 1;
      }
    },
  };
};
