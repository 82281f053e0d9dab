import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';

/** The database, or a transaction of it: every query takes either. */
export type Db = PgDatabase<PgQueryResultHKT, Record<string, never>>;
export type Database = { readonly db: Db; close(): Promise<void> };

/** PostgreSQL at `url`, otherwise PGlite in `folder` (made where missing), with every migration applied.
 *  Throws `store_locked` while another process has the folder. */
export const openDatabase = async ({
  url,
  folder,
}: {
  url?: string | undefined;
  folder: string;
}): Promise<Database> => {
  if (url) return (await import('./postgres.ts')).openPostgres(url, 'server');
  return (await import('./pglite.ts')).openPglite(folder);
};
