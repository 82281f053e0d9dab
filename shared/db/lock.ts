/** One process a folder: two embedded databases on the same files lose rows without a word. */
import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../errors.ts';
import { identify, isAlive, type ProcessIdentity } from '../process-identity.ts';

const parse = (text: string): ProcessIdentity | null => {
  const [pid, started] = text.trim().split(' ');
  return pid && Number.isInteger(Number(pid)) ? { pid: Number(pid), started: started ?? '' } : null;
};

const readLock = (path: string): Promise<string | null> => readFile(path, 'utf8').catch(() => null);

const linkOnce = (from: string, to: string): Promise<boolean> =>
  link(from, to).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );

/** Takes the lock away from a dead holder; `false` where somebody else did so in between. */
const evict = async (lock: string, stale: string): Promise<void> => {
  const aside = `${lock}.${randomUUID()}`;
  await rename(lock, aside).catch(() => undefined);
  const taken = await readLock(aside);
  // between reading and renaming a live process may have taken it over: give it back
  if (taken !== null && taken !== stale) await linkOnce(aside, lock);
  await rm(aside, { force: true });
};

/** Takes `<folder>/lock`, from a dead process too. Throws `store_locked` while another process lives. */
export const lockFolder = async (folder: string): Promise<() => Promise<void>> => {
  await mkdir(folder, { recursive: true });
  const lock = join(folder, 'lock');
  const mine = join(folder, `lock.${randomUUID()}.part`);
  const me = identify(process.pid);
  await writeFile(mine, `${process.pid} ${me?.started ?? ''}\n`);
  try {
    for (let tries = 0; tries < 20; tries++) {
      if (await linkOnce(mine, lock)) return () => rm(lock, { force: true });
      const text = await readLock(lock);
      const holder = text === null ? null : parse(text);
      if (holder && isAlive(holder))
        throw new AppError(
          'store_locked',
          `The database in ${folder} is in use by process ${holder.pid}: stop that service, or set DATABASE_URL to share a PostgreSQL`,
          { pid: holder.pid },
        );
      if (text !== null) await evict(lock, text);
    }
    throw new AppError('store_locked', `The lock of the database in ${folder} is contended: try again`);
  } finally {
    await rm(mine, { force: true });
  }
};
