/** What a bucket is to us. Drivers implement exactly this; keys are checked by `key.ts`; `test/suites/storage.ts` says what it means. */
import type { Readable } from 'node:stream';

export type ObjectInfo = {
  readonly key: string;
  readonly bytes: number;
  /** changes whenever the content does: an etag in lower case without quotes; a folder's is made of time, size and inode */
  readonly tag: string;
};

/** Bytes, or a stream of them that is read once. */
export type Body = Uint8Array | Readable;

export type Storage = {
  readonly name: string;
  /** `file:/path`, `s3://bucket/prefix`: what `openStorage` opens again, without secrets. */
  readonly uri: string;
  /** whether equal bytes, put in equal pieces, have equal tags: where not, whoever asks for identity must read them */
  readonly tagIsDigest: boolean;
  /** whether others may be seen half way through a write, as people who copy files into a folder: what is found there is settled
   *  once it lies unchanged */
  readonly growing: boolean;
  /** `null` when there is no such key; every other failure throws `storage_failed`. */
  read(key: string): Promise<Uint8Array | null>;
  /** A stream of the object's bytes, `null` when there is no such key. */
  stream(key: string): Promise<Readable | null>;
  head(key: string): Promise<ObjectInfo | null>;
  /** Whole or not at all: a reader never sees half an object. */
  write(key: string, body: Body): Promise<void>;
  /** Writes only where nothing is; `false` when the key exists. At most one of many concurrent callers gets `true`. */
  create(key: string, body: Uint8Array): Promise<boolean>;
  /** Removing what is not there is no error. */
  remove(key: string): Promise<void>;
  /** Objects whose key starts with `prefix`, in key order; names in the bucket that are no keys are left out. */
  list(prefix: string): AsyncIterable<ObjectInfo>;
  /** A URL that anyone holding it may use for `seconds`; `null` for a store that has none. A put by it sends no type. */
  presign(key: string, method: 'GET' | 'PUT', seconds: number): Promise<string | null>;
};
