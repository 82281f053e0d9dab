/** What the suites of buckets share: the driver under test, its server, and the line between them. */
import { Readable } from 'node:stream';
import { expect } from 'vitest';
import type { Storage } from '../../../shared/storage/driver.ts';
import type { Tuning } from '../../../shared/storage/bucket.ts';
import type { FaultyLine } from './faults.ts';
import type { BucketServer } from './server.ts';
import { QUICK } from './tuning.ts';

export const PART = 8 * 2 ** 10;
export const SMALL: Tuning = { ...QUICK, part_bytes: PART };

export type BucketUnderTest = {
  readonly server: BucketServer;
  /** leads to the server */
  readonly line: FaultyLine;
  readonly open: (change: { url?: string; bucket?: string; tuning?: Tuning }) => Storage;
  /** of the store, behind the bucket's name */
  readonly prefix: string;
  readonly manyKeys: number;
  /** What the environment holds from now on; `id` with `secret` at first. */
  readonly logIn: (key: { id: string; secret: string; token?: string }) => void;
};

/** Bytes that differ from place to place, so that a part in the wrong place shows. */
export const pattern = (length: number, seed: number): Buffer => {
  const bytes = Buffer.alloc(length);
  for (let i = 0; i < length; i++) bytes[i] = i * 31 + (i >> 8) * seed + seed;
  return bytes;
};
export const streamOf = (bytes: Buffer): Readable =>
  Readable.from(
    Array.from({ length: Math.ceil(bytes.length / 7000) }, (_, i) =>
      bytes.subarray(i * 7000, (i + 1) * 7000),
    ),
  );
export const collect = async (stream: Readable | null): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of stream!) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};
export const collectKeys = async (storage: Storage): Promise<string[]> => {
  const keys: string[] = [];
  for await (const { key } of storage.list('')) keys.push(key);
  return keys;
};
/** Buffers that differ would be printed. */
export const expectSame = (found: Uint8Array | null, wanted: Buffer): void => {
  expect(found?.length).toBe(wanted.length);
  expect(wanted.equals(found!)).toBe(true);
};
export const failure = { code: 'storage_failed' };
