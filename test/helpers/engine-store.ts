/** Stores and clocks for tests of the supervisor. */
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { Readable } from 'node:stream';
import { join } from 'node:path';
import type { Storage } from '../../shared/storage/driver.ts';
import { fsStorage } from '../../shared/storage/fs.ts';
import { RunEvent } from '../../shared/contracts/event.ts';
import { runKeys } from '../../shared/keys.ts';
import { AppError } from '../../shared/errors.ts';
import type { Timing } from '../../gpu-worker/supervisor/timing.ts';

export const QUICK: Timing = {
  heartbeat: 20,
  control: 15,
  progress: 60,
  flush: 25,
  cancel_grace: 250,
  patience: 2_000,
  first_retry: 2,
  longest_retry: 20,
};

export const tempFolder = (): string => mkdtempSync(join(tmpdir(), 'droptune-test-'));

export const tempStore = (): Storage & { readonly root: string } => {
  const root = tempFolder();
  return { ...fsStorage({ root }), root };
};

/** The store, but every call may first do something, such as throw; `lost` throws after the call has had its effect. */
export const wrapStore = (
  storage: Storage,
  before: (method: 'read' | 'stream' | 'head' | 'write' | 'create' | 'remove', key: string) => 'lost' | void,
): Storage => {
  const through =
    <A extends [key: string, ...rest: unknown[]], R>(
      method: Parameters<typeof before>[0],
      call: (...args: A) => Promise<R>,
    ) =>
    async (...args: A): Promise<R> => {
      const lost = before(method, args[0]) === 'lost';
      const answer = await call(...args);
      if (answer instanceof Readable && lost) answer.destroy();
      if (lost) throw new AppError('storage_failed', `The answer to ${method} ${args[0]} was lost`);
      return answer;
    };
  return {
    ...storage,
    read: through('read', storage.read),
    stream: through('stream', storage.stream),
    head: through('head', storage.head),
    write: through('write', storage.write),
    create: through('create', storage.create),
    remove: through('remove', storage.remove),
  };
};

export const textOf = async (storage: Storage, key: string): Promise<string> =>
  Buffer.from((await storage.read(key)) ?? []).toString();

export const putJson = (storage: Storage, key: string, value: unknown): Promise<void> =>
  storage.write(key, Buffer.from(JSON.stringify(value)));

/** The events of a run in order; fails where a number is missing below the last. */
export const eventsOf = async (root: string, storage: Storage, prefix: string): Promise<RunEvent[]> => {
  const names = readdirSync(join(root, prefix, 'events')).toSorted();
  const events: RunEvent[] = [];
  for (const [i, name] of names.entries()) {
    const key = runKeys.event(prefix, i + 1);
    if (!key.endsWith(`/${name}`)) throw new Error(`events/${name} where ${key} is due`);
    events.push(RunEvent.parse(JSON.parse(await textOf(storage, key))));
  }
  return events;
};

/** Waits until `ready` gives something; fails after ten seconds. */
export const until = async <T>(ready: () => T | Promise<T>): Promise<NonNullable<Awaited<T>>> => {
  for (let left = 2_000; left > 0; left--) {
    const value = await ready();
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error('Waited ten seconds in vain');
};
