/** Lines of text, as JSON Lines files have them: streamed, numbered from 1, without `\r\n` or `\n`. */
import { AppError } from './errors.ts';

export type Line = {
  readonly line: number;
  readonly text: string;
  /** length of a line that was too long to keep: its text is '' */
  readonly dropped?: number;
};

/** Lines of a text that comes in pieces. A last line without a newline is a line; nothing after the last newline is none.
 *  Of a line longer than `longest` the length is told alone. */
export const splitLines = async function* (
  texts: AsyncIterable<string> | Iterable<string>,
  longest = Number.POSITIVE_INFINITY,
): AsyncGenerator<Line> {
  let line = 1;
  let parts: string[] = []; // of the line that is not over: joined once, so that a line of 100 MB costs no more than its length
  let waiting = 0; // characters of it, kept or not
  const keep = (part: string): void => {
    waiting += part.length;
    if (waiting <= longest) parts.push(part);
    else parts = [];
  };
  const take = (end: string): Line => {
    keep(end);
    const text = parts.length === 1 ? end : parts.join('');
    const found = { line: line++, text: text.endsWith('\r') ? text.slice(0, -1) : text };
    const dropped = waiting > longest ? { text: '', dropped: waiting } : {};
    [parts, waiting] = [[], 0];
    return { ...found, ...dropped };
  };
  for await (const text of texts) {
    let from = 0;
    for (let to = text.indexOf('\n'); to >= 0; to = text.indexOf('\n', from)) {
      yield take(text.slice(from, to));
      from = to + 1;
    }
    if (from < text.length) keep(text.slice(from));
  }
  if (waiting > 0) yield take('');
};

const decoded = async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true }); // drops a byte order mark
  try {
    for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new AppError('broken_file', 'The file is not UTF-8 text: write it again as UTF-8', { cause });
  }
};

/** Lines of UTF-8 bytes, with or without a byte order mark. Throws `broken_file` at bytes that are not UTF-8. */
export const readLines = (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line> =>
  splitLines(decoded(chunks));

/** One value as a line of JSON, newline included. */
export const jsonLine = (value: unknown): string => `${JSON.stringify(value)}\n`;
