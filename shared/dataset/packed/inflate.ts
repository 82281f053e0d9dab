/** Compressed streams, with a bound on what may come of them. */
import { Decompress } from 'fzstd';
import { AppError } from '../../errors.ts';
import { clip } from '../place.ts';
import { unreadable } from '../unreadable.ts';

/** Text packs to a fifth; to less than a two-hundredth only where somebody means harm. */
const MOST_RATIO = 200;
/** Bytes below which no ratio harms. */
const HARMLESS = 8 * 1024 * 1024;

/** Throws `archive_bomb` when `unpacked` bytes are more than so many packed ones can honestly hold. */
export const checkRatio = (unpacked: number, packed: number): void => {
  if (unpacked > HARMLESS && unpacked > packed * MOST_RATIO)
    unreadable('archive_bomb', `${packed} bytes unpack to more than ${unpacked}`);
};

const broken = (error: unknown): never => {
  if (error instanceof AppError) throw error;
  return unreadable('archive_broken', clip(error instanceof Error ? error.message : String(error)));
};

/** Feeds `chunks` to the stream until either side ends; counts what went in. */
const feed = async (
  chunks: AsyncIterable<Uint8Array>,
  writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>,
  count: (bytes: number) => void,
): Promise<{ readonly source: unknown } | null> => {
  try {
    for await (const chunk of chunks) {
      count(chunk.length);
      await writer.ready;
      await writer.write(chunk as Uint8Array<ArrayBuffer>);
    }
    await writer.close();
    return null;
  } catch (error) {
    await writer.abort(error).catch(() => undefined);
    return { source: error };
  }
};

/** Deflated bytes unpacked. Throws `archive_broken`, `archive_bomb`, and what `chunks` throws. */
export const inflate = async function* (
  chunks: AsyncIterable<Uint8Array>,
  format: 'gzip' | 'deflate-raw',
): AsyncGenerator<Uint8Array> {
  const { readable, writable } = new DecompressionStream(format);
  const [writer, reader] = [writable.getWriter(), readable.getReader()];
  writer.closed.catch(() => undefined); // `feed` says it
  reader.closed.catch(() => undefined);
  let [packed, unpacked] = [0, 0];
  const fed = feed(chunks, writer, (bytes) => {
    packed += bytes;
  });
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      unpacked += value.length;
      checkRatio(unpacked, packed);
      yield value;
    }
    const failed = await fed;
    if (failed) throw failed.source;
  } catch (error) {
    broken(error);
  } finally {
    await reader.cancel().catch(() => undefined);
  }
};

const PIECE = 1024; // bytes: a block of zstd may say 128 KB in four

/** Zstandard unpacked, https://www.rfc-editor.org/rfc/rfc8878. Its checksum is not looked at. */
export const unzstd = async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let out: Uint8Array[] = [];
  let [packed, unpacked] = [0, 0];
  const stream = new Decompress((part) => {
    unpacked += part.length;
    checkRatio(unpacked, packed);
    if (part.length > 0) out.push(part);
  });
  const push = (piece: Uint8Array, last: boolean): readonly Uint8Array[] => {
    packed += piece.length;
    try {
      stream.push(piece, last);
    } catch (error) {
      broken(error);
    }
    const ready = out;
    out = [];
    return ready;
  };
  for await (const chunk of chunks)
    for (let at = 0; at < chunk.length; at += PIECE) yield* push(chunk.slice(at, at + PIECE), false);
  yield* push(new Uint8Array(), true);
};
