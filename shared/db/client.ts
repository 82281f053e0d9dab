import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite';
import { migrate as migratePglite } from 'drizzle-orm/pglite/migrator';
import { drizzle as drizzlePostgres } from 'drizzle-orm/postgres-js';
import { migrate as migratePostgres } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';
import { packageRoot } from '../package-root.ts';
import { lockFolder } from './lock.ts';

/** The database, or a transaction of it: every query takes either. */
export type Db = PgDatabase<PgQueryResultHKT, Record<string, never>>;
export type Database = { readonly db: Db; close(): Promise<void> };

const MIGRATION_LOCK = 7_360_901; // any number, the same in every process
const migrationsFolder = (): string => join(packageRoot(), 'shared/db/migrations');

const openPostgres = async (url: string): Promise<Database> => {
  const quiet = { onnotice: () => undefined };
  const one = postgres(url, { ...quiet, max: 1 }); // a session lock belongs to its connection
  try {
    await one`select pg_advisory_lock(${MIGRATION_LOCK})`;
    await migratePostgres(drizzlePostgres({ client: one }), { migrationsFolder: migrationsFolder() });
  } finally {
    await one.end();
  }
  const client = postgres(url, quiet);
  return { db: drizzlePostgres({ client }) as unknown as Db, close: () => client.end() };
};

const openPglite = async (folder: string): Promise<Database> => {
  const unlock = await lockFolder(folder);
  try {
    const client = await PGlite.create(join(folder, 'pglite'));
    const db = drizzlePglite({ client });
    await migratePglite(db, { migrationsFolder: migrationsFolder() });
    const close = () => client.close().finally(unlock);
    return { db: db as unknown as Db, close };
  } catch (error) {
    await unlock();
    throw error;
  }
};

/** PostgreSQL at `url`, otherwise PGlite in `folder` (made where missing), with every migration applied.
 *  Throws `store_locked` while another process has the folder. */
export const openDatabase = ({
  url,
  folder,
}: {
  url?: string | undefined;
  folder: string;
}): Promise<Database> => (url ? openPostgres(url) : openPglite(folder));
