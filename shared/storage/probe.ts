import { randomUUID } from 'node:crypto';
import { AppError } from '../errors.ts';
import type { Storage } from './driver.ts';

/** Refuses a store whose conditional put does not work: there two workers could own one run. */
export const probeStorage = async (storage: Storage): Promise<void> => {
  const key = `probe/${randomUUID()}`;
  const bytes = new Uint8Array([1]);
  try {
    const [first, second] = [await storage.create(key, bytes), await storage.create(key, bytes)];
    if (!first || second)
      throw new AppError(
        'storage_failed',
        `The store ${storage.uri} ${first ? 'let a second conditional put of one key pass' : 'refused a conditional put of a new key'}: use one that honours If-None-Match (OSS does in buckets without versioning)`,
      );
  } finally {
    await storage.remove(key);
  }
};
