/** The store as the supervisor uses it: a failing one is tried again for minutes, since a machine that has trained for
 *  hours must not fall to a bad minute of the network. No `list`: a worker has no right to it. */
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { mayRetry } from '../../shared/errors.ts';
import type { Body, Storage } from '../../shared/storage/driver.ts';
import type { Timing } from './timing.ts';

export type Store = Pick<Storage, 'read' | 'create' | 'remove'> & {
  /** Writes the object into a file; `false` when there is no such key. */
  fetch(key: string, path: string): Promise<boolean>;
  /** `body` is asked again for every try: a stream can be read only once. */
  put(key: string, body: () => Body): Promise<void>;
};

const FULL = new Set(['ENOSPC', 'EDQUOT']);

/** Whether an error or one of its causes says that there is no room left. */
export const isFull = (error: unknown): boolean =>
  error instanceof Error && (FULL.has((error as NodeJS.ErrnoException).code ?? '') || isFull(error.cause));

const why = (error: unknown): string => {
  if (isFull(error)) return 'no space is left: free some';
  return error instanceof Error ? error.message : String(error);
};

type Patience = {
  readonly timing: Pick<Timing, 'patience' | 'first_retry' | 'longest_retry'>;
  readonly say: (line: string) => void;
};

/** Runs `attempt` until it succeeds, fails for good, or `patience` is over; waits twice as long each time. */
const patiently = async <T>(
  what: string,
  attempt: () => Promise<T>,
  { timing, say }: Patience,
): Promise<T> => {
  const until = performance.now() + timing.patience;
  for (let pause = timing.first_retry; ; pause = Math.min(2 * pause, timing.longest_retry))
    try {
      return await attempt();
    } catch (error) {
      if (!mayRetry(error) || performance.now() + pause > until) throw error;
      say(`Cannot ${what} (${why(error)}); trying again in ${(pause / 1000).toFixed(1)} s`);
      await sleep(pause);
    }
};

const fetchOnce = async (storage: Storage, key: string, path: string): Promise<boolean> => {
  const source = await storage.stream(key);
  if (source) await pipeline(source, createWriteStream(path));
  return source !== null;
};

export const patientStore = (storage: Storage, patience: Patience): Store => ({
  read: (key) => patiently(`read ${key}`, () => storage.read(key), patience),
  fetch: (key, path) => patiently(`fetch ${key}`, () => fetchOnce(storage, key, path), patience),
  create: (key, body) => patiently(`create ${key}`, () => storage.create(key, body), patience),
  remove: (key) => patiently(`remove ${key}`, () => storage.remove(key), patience),
  put: (key, body) => patiently(`write ${key}`, () => storage.write(key, body()), patience),
});
