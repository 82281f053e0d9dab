import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
import { packageRoot } from '../package-root.ts';
import type { Database, Db } from './client.ts';
import { lockFolder } from './lock.ts';

/** The embedded database in `folder`. Throws `store_locked` while another process has it. */
export const openPglite = async (folder: string): Promise<Database> => {
  const unlock = await lockFolder(folder);
  try {
    const client = await PGlite.create(join(folder, 'pglite'));
    const db = drizzle({ client });
    await migrate(db, { migrationsFolder: join(packageRoot(), 'shared/db/migrations') });
    const close = () => client.close().finally(unlock);
    return { db: db as unknown as Db, close };
  } catch (error) {
    await unlock();
    throw error;
  }
};
