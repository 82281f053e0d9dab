/** A body of unknown length → parts of a multipart upload, a few at a time. */
import type { Body } from './driver.ts';

/** Later parts are larger, so that 10,000 of them hold 484 GiB where the first has 8 MiB. */
export const bytesOfPart = (first: number, n: number): number => first * 2 ** Math.floor((n - 1) / 2000);

/** How many parts an object of so many bytes is cut into. */
export const countParts = (first: number, bytes: number): number => {
  let n = 1;
  for (let room = bytesOfPart(first, n); room < bytes; room += bytesOfPart(first, n)) n += 1;
  return n;
};

async function* chunksOf(body: Body): AsyncGenerator<Uint8Array> {
  if (body instanceof Uint8Array) yield body;
  else
    for await (const chunk of body) yield typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Buffer);
}

/** Pieces of the body, each full but the last; one empty piece for an empty body. */
export async function* cut(body: Body, first: number): AsyncGenerator<Uint8Array> {
  if (body instanceof Uint8Array && body.length <= first) return yield body;
  let n = 1;
  let part = new Uint8Array(0);
  let filled = 0;
  for await (const chunk of chunksOf(body))
    for (let at = 0; at < chunk.length;) {
      if (filled === part.length) {
        if (filled > 0) yield part;
        part = Buffer.allocUnsafe(bytesOfPart(first, filled > 0 ? (n += 1) : n));
        filled = 0;
      }
      const piece = chunk.subarray(at, at + part.length - filled);
      part.set(piece, filled);
      filled += piece.length;
      at += piece.length;
    }
  yield part.subarray(0, filled);
}

/** Does `work` for every item, at most `width` at once, and gives the results in order. The first failure stops the rest;
 *  when this returns or throws, nothing is at work any more. */
export const inParallel = async <A, B>(
  items: AsyncIterable<A>,
  width: number,
  work: (item: A, n: number) => Promise<B>,
): Promise<B[]> => {
  const results: B[] = [];
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const start = (item: A, n: number): void => {
    const task: Promise<void> = work(item, n)
      .then((result) => void (results[n - 1] = result))
      .catch((error: unknown) => void failures.push(error))
      .finally(() => running.delete(task));
    running.add(task);
  };
  let n = 0;
  try {
    for await (const item of items) {
      start(item, (n += 1));
      if (running.size >= width) await Promise.race(running);
      if (failures.length > 0) break;
    }
  } finally {
    await Promise.all(running);
  }
  if (failures.length > 0) throw failures[0];
  return results;
};
