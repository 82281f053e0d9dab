/** The bytes of an object as they come: none too few, none too many, none changed; taken up again where the line breaks. */
import { Readable } from 'node:stream';
import { AppError } from '../errors.ts';
import type { Check } from './digest.ts';
import type { Retry } from './retry.ts';

export type Opened = {
  readonly body: Readable;
  /** of the whole object */
  readonly bytes: number;
  readonly etag: string;
};
export type Source = Opened & { readonly check: () => Check | null };

export type Reading = {
  readonly key: string;
  /** The object from a byte on, `null` where there is none. */
  readonly open: (from: number) => Promise<Source | null>;
  readonly retry: Retry;
  readonly idle_ms: number;
};

/** Named as stores name it, so that it is explained and asked again as theirs are. */
export const damaged = (message: string): Error =>
  Object.assign(new Error(message), { name: 'IncompleteBody', code: 'IncompleteBody' });

/** Gives up when the next chunk does not come in time; a reader may take its time. */
async function* unlessIdle(body: Readable, idle_ms: number): AsyncGenerator<Uint8Array> {
  let waiting = true;
  const timer = setTimeout(() => {
    if (waiting) body.destroy(damaged(`no byte came for ${idle_ms} ms`));
    else timer.refresh();
  }, idle_ms);
  try {
    for await (const chunk of body) {
      waiting = false;
      yield chunk as Uint8Array;
      waiting = true;
      timer.refresh();
    }
  } finally {
    clearTimeout(timer);
    body.destroy();
  }
}

type Tally = { at: number; readonly check: Check | null; readonly bytes: number };

const count = (tally: Tally, chunk: Uint8Array): void => {
  tally.at += chunk.length;
  if (tally.at > tally.bytes) throw damaged(`more than the ${tally.bytes} bytes of the object came`);
  tally.check?.update(chunk);
};

const finish = ({ at, bytes, check }: Tally): void => {
  if (at < bytes) throw damaged(`only ${at} of ${bytes} bytes came`);
  if (check && !check.holds()) throw damaged('the bytes that came have another checksum than the object');
};

/** In memory; begun again where anything is wrong with it. */
export const readWhole = ({ key, open, retry, idle_ms }: Reading): Promise<Uint8Array | null> =>
  retry(`read ${key}`, async () => {
    const source = await open(0);
    if (!source) return null;
    const tally: Tally = { at: 0, check: source.check(), bytes: source.bytes };
    const chunks: Uint8Array[] = [];
    for await (const chunk of unlessIdle(source.body, idle_ms)) {
      count(tally, chunk);
      chunks.push(chunk);
    }
    finish(tally);
    return Buffer.concat(chunks);
  });

/** What follows byte `at`, its first chunk here already: every resumption comes further. */
const resume = ({ key, open, retry, idle_ms }: Reading, first: Source, at: number) =>
  retry(`read ${key}`, async () => {
    const next = await open(at);
    if (!next || next.etag !== first.etag || next.bytes !== first.bytes) {
      next?.body.destroy();
      throw new AppError('storage_failed', `Cannot read ${key}: it was replaced while it was read`);
    }
    const flow = unlessIdle(next.body, idle_ms);
    const head = await flow.next();
    if (head.done) throw damaged(`nothing came behind byte ${at}`);
    return { flow, head: head.value };
  });

async function* chunksOf(reading: Reading, first: Source): AsyncGenerator<Uint8Array> {
  const tally: Tally = { at: 0, check: first.check(), bytes: first.bytes };
  let flow = unlessIdle(first.body, reading.idle_ms);
  for (;;) {
    try {
      for await (const chunk of flow) {
        count(tally, chunk);
        yield chunk;
      }
    } catch (error) {
      if (tally.at >= tally.bytes) throw error;
    }
    if (tally.at >= tally.bytes) return finish(tally);
    const { flow: rest, head } = await resume(reading, first, tally.at);
    flow = rest;
    count(tally, head);
    yield head;
  }
}

async function* explained(reading: Reading, first: Source): AsyncGenerator<Uint8Array> {
  try {
    yield* chunksOf(reading, first);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('storage_failed', `Cannot read ${reading.key}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** As a stream; ends in `storage_failed` when what has come is not the object. `null` where there is none. */
export const readThrough = async (reading: Reading): Promise<Readable | null> => {
  const first = await reading.retry(`read ${reading.key}`, () => reading.open(0));
  if (!first) return null;
  const stream = Readable.from(explained(reading, first), { objectMode: false });
  stream.once('close', () => first.body.destroy()); // also when nobody has read of it
  return stream;
};
