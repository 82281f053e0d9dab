/** A bucket of any cloud as a store. What differs is a `Bucket`, which says each request once; repeating, cutting,
 *  checking and resuming are here, once for all. */
import { createHash, randomUUID } from 'node:crypto';
import { AppError } from '../errors.ts';
import { checkOf, type Sums } from './digest.ts';
import type { Body, ObjectInfo, Storage } from './driver.ts';
import type { Fault } from './fault.ts';
import { checkKey, isKey } from './key.ts';
import { cut, inParallel } from './parts.ts';
import { damaged, type Opened, type Reading, readThrough, readWhole } from './read-through.ts';
import { BACKOFF, type Backoff, type Retry, retrying } from './retry.ts';

/** Meta data of an object: who wrote it, and in what parts. */
export type Mark = { readonly token: string; readonly part_bytes?: number | undefined };

export type Put = {
  readonly bytes: Uint8Array;
  /** base64, so that the store refuses damaged bytes */
  readonly md5: string;
  readonly type: string;
  readonly mark: Mark;
  /** only where no object is */
  readonly fresh: boolean;
};
export type Found = Omit<ObjectInfo, 'key'> & { readonly token: string | null };
export type Page = {
  readonly objects: readonly ObjectInfo[];
  /** how many the store says there are on the page */
  readonly count: number | undefined;
  readonly next: string | undefined;
};

/** Requests, each sent once; keys are whole. Whatever fails throws the SDK's own error, which `fault` explains. */
export type ObjectRequests = {
  put(key: string, put: Put): Promise<void>;
  /** The bytes from `from` on. */
  get(key: string, from: number): Promise<Omit<Opened, 'etag'> & { readonly sums: Sums }>;
  head(key: string): Promise<Found>;
  remove(key: string): Promise<void>;
  page(prefix: string, after: string | undefined): Promise<Page>;
};
export type UploadRequests = {
  begin(key: string, put: Pick<Put, 'type' | 'mark'>): Promise<string>;
  /** Returns the part's etag. */
  part(key: string, upload: string, n: number, part: Pick<Put, 'bytes' | 'md5'>): Promise<string>;
  complete(key: string, upload: string, etags: readonly string[]): Promise<void>;
  abort(key: string, upload: string): Promise<void>;
};
export type Bucket = ObjectRequests &
  UploadRequests & {
    readonly name: string;
    readonly uri: string;
    /** empty or with a final slash */
    readonly prefix: string;
    readonly tagIsDigest: boolean;
    presign(key: string, method: 'GET' | 'PUT', seconds: number): Promise<string>;
    fault(error: unknown): Fault;
    /** Forgets the credential: the next request reads it again. */
    renew(): void;
  };

export type Tuning = {
  readonly backoff: Backoff;
  readonly part_bytes: number;
  /** parts on their way at once */
  readonly width: number;
  /** without a byte for so long, an answer is given up */
  readonly idle_ms: number;
  /** for one request and the beginning of its answer */
  readonly request_ms: number;
};
export const TUNING: Tuning = {
  backoff: BACKOFF,
  part_bytes: 8 * 2 ** 20,
  width: 4,
  idle_ms: 60_000,
  request_ms: 120_000,
};

const MAX_KEY_BYTES = 1023;

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  json: 'application/json',
  jsonl: 'application/jsonl',
  txt: 'text/plain; charset=utf-8',
};
const typeOf = (key: string): string =>
  TYPES[/\.([a-z]+)$/.exec(key)?.[1] ?? ''] ?? 'application/octet-stream';

const md5Of = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('base64');

type Tools = { readonly bucket: Bucket; readonly retry: Retry; readonly tuning: Tuning };

/** `null` in place of an error of this kind. */
const unless =
  (bucket: Bucket, kind: Fault['kind']) =>
  (error: unknown): null => {
    if (bucket.fault(error).kind === kind) return null;
    throw error;
  };

const headOf = ({ bucket, retry }: Tools, key: string): Promise<Found | null> =>
  retry(`look at ${key}`, () => bucket.head(key).catch(unless(bucket, 'missing')));

/** Whether the object is what was written under this token: asked where an answer was lost. */
const isMine = async ({ bucket }: Tools, key: string, { token }: Mark): Promise<boolean> =>
  (await bucket.head(key).catch(unless(bucket, 'missing')))?.token === token;

const create = (tools: Tools, key: string, bytes: Uint8Array): Promise<boolean> => {
  const { bucket, retry } = tools;
  const mark: Mark = { token: randomUUID() };
  const put: Put = { bytes, md5: md5Of(bytes), type: typeOf(key), mark, fresh: true };
  return retry(`create ${key}`, async (n) => {
    const done = await bucket.put(key, put).then(() => true, unless(bucket, 'exists'));
    return done ?? (n > 0 && (await isMine(tools, key, mark)));
  });
};

/** An answer without what it should say was cut off on its way. */
const some = (said: string): string => {
  if (said === '') throw damaged('the answer of the store is empty');
  return said;
};

const writeParts = async (tools: Tools, key: string, parts: AsyncIterable<Uint8Array>): Promise<void> => {
  const { bucket, retry, tuning } = tools;
  const mark: Mark = { token: randomUUID(), part_bytes: tuning.part_bytes };
  const what = `write ${key}`;
  const upload = await retry(what, async () => some(await bucket.begin(key, { type: typeOf(key), mark })));
  try {
    const etags = await inParallel(parts, tuning.width, (bytes, n) => {
      const part = { bytes, md5: md5Of(bytes) };
      return retry(what, async () => some(await bucket.part(key, upload, n, part)));
    });
    await retry(what, async (n) => {
      const gone = unless(bucket, 'gone');
      const done = await bucket.complete(key, upload, etags).then(() => true, gone);
      if (done === null && !(n > 0 && (await isMine(tools, key, mark))))
        throw new AppError('storage_failed', `Cannot ${what}: its upload was aborted by somebody else`);
    });
  } catch (error) {
    // parts cost money; what stays all the same, a lifecycle rule takes
    await retry(what, () => bucket.abort(key, upload)).catch(() => undefined);
    throw error;
  }
};

async function* chain<T>(first: T, rest: AsyncGenerator<T>): AsyncGenerator<T> {
  yield first;
  yield* rest;
}

const writeOne = ({ bucket, retry }: Tools, key: string, bytes: Uint8Array): Promise<void> => {
  const mark: Mark = { token: randomUUID() };
  const put: Put = { bytes, md5: md5Of(bytes), type: typeOf(key), mark, fresh: false };
  return retry(`write ${key}`, () => bucket.put(key, put));
};

/** In one request where the body fits into one part. */
const write = async (tools: Tools, key: string, body: Body): Promise<void> => {
  const parts = cut(body, tools.tuning.part_bytes);
  try {
    const first = await parts.next();
    const second = await parts.next();
    if (second.done) await writeOne(tools, key, first.value!);
    else await writeParts(tools, key, chain(first.value!, chain(second.value, parts)));
  } finally {
    await parts.return(undefined); // lets go of the source
  }
};

const sourceError = (key: string) => (error: unknown) => {
  if (error instanceof AppError) throw error;
  throw new AppError('storage_failed', `Cannot write ${key}: its source broke off (${String(error)})`, {
    cause: error,
  });
};

const pageOf = async (bucket: Bucket, prefix: string, after: string | undefined): Promise<Page> => {
  const page = await bucket.page(prefix, after);
  if (page.count !== undefined && page.count !== page.objects.length)
    throw damaged(`${page.objects.length} of the ${page.count} keys of a page came`);
  return page;
};

async function* listAll({ bucket, retry }: Tools, prefix: string): AsyncGenerator<ObjectInfo> {
  let after: string | undefined;
  do {
    const page: Page = await retry(`list ${prefix}`, () => pageOf(bucket, bucket.prefix + prefix, after));
    for (const { key, ...info } of page.objects) {
      const own = key.slice(bucket.prefix.length);
      if (isKey(own)) yield { key: own, ...info };
    }
    after = page.next;
  } while (after !== undefined);
}

export const bucketStorage = (bucket: Bucket, tuning: Tuning): Storage => {
  const retry = retrying(bucket, tuning.backoff);
  const tools: Tools = { bucket, retry, tuning };
  const whole = (key: string): string => {
    const full = bucket.prefix + checkKey(key);
    if (Buffer.byteLength(full) <= MAX_KEY_BYTES) return full;
    throw new AppError('invalid_request', `A key of more than ${MAX_KEY_BYTES} bytes: ${full}`);
  };
  const reading = (key: string): Reading => ({
    key,
    async open(from) {
      const opened = await bucket.get(key, from).catch(unless(bucket, 'missing'));
      return opened && { ...opened, etag: opened.sums.etag, check: () => checkOf(opened.sums, opened.bytes) };
    },
    retry,
    idle_ms: tuning.idle_ms,
  });

  return {
    name: bucket.name,
    uri: bucket.uri,
    tagIsDigest: bucket.tagIsDigest,
    growing: false,
    read: async (key) => readWhole(reading(whole(key))),
    stream: async (key) => readThrough(reading(whole(key))),
    async head(key) {
      const found = await headOf(tools, whole(key));
      return found && { key, bytes: found.bytes, tag: found.tag };
    },
    write: async (key, body) => write(tools, whole(key), body).catch(sourceError(key)),
    create: async (key, body) => create(tools, whole(key), body),
    async remove(key) {
      const full = whole(key);
      await retry(`remove ${full}`, () => bucket.remove(full).catch(unless(bucket, 'missing')));
    },
    list: (prefix) => listAll(tools, prefix),
    async presign(key, method, seconds) {
      const full = whole(key);
      return retry(`sign a URL of ${key}`, () => bucket.presign(full, method, seconds));
    },
  };
};
