/** Streams of bytes: looked into, collected, cut. */
import { unreadable } from '../unreadable.ts';

/** Bytes that one file may unpack to. */
const MOST_BYTES = 512 * 1024 * 1024;

/** The first `n` bytes (or all there are), and the stream with those in front. */
export const peek = async (
  chunks: AsyncIterable<Uint8Array>,
  n: number,
): Promise<{ head: Uint8Array; all: AsyncGenerator<Uint8Array> }> => {
  const rest = chunks[Symbol.asyncIterator]();
  const parts: Uint8Array[] = [];
  let size = 0;
  while (size < n) {
    const next = await rest.next();
    if (next.done) break;
    parts.push(next.value);
    size += next.value.length;
  }
  const head = joined(parts);
  const all = async function* (): AsyncGenerator<Uint8Array> {
    if (head.length > 0) yield head;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  };
  return { head, all: all() };
};

const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const [only] = parts;
  if (parts.length === 1) return only!;
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

/** All bytes at once. Throws `too_large` beyond `most`. */
export const collect = async (chunks: AsyncIterable<Uint8Array>, most = MOST_BYTES): Promise<Uint8Array> => {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    size += chunk.length;
    if (size > most) unreadable('too_large', `more than ${most} bytes`);
  }
  return joined(parts);
};

export const pieces = async function* (bytes: Uint8Array, size = 65_536): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
};
