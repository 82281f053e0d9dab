/** The embedded database for tests, one a test file. Making one takes seconds of work, so a made one is kept beside
 *  the other temporary files, under a name that changes with the migrations. */
import { createHash } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
import { beforeAll } from 'vitest';
import type { Db } from '../../shared/db/client.ts';
import { packageRoot } from '../../shared/package-root.ts';

export const temporary = (name: string): string => mkdtempSync(join(tmpdir(), `${name}-`));

const TABLES =
  'deliveries, webhook_endpoints, messages, runs, job_events, jobs, datasets, files, inbox_objects';

export const empty = async (db: Db): Promise<void> => {
  await db.execute(sql.raw(`truncate ${TABLES} restart identity`));
};

const migrationsFolder = join(packageRoot(), 'shared/db/migrations');

const keptPath = async (): Promise<string> => {
  const hash = createHash('sha256').update(
    await readFile(join(packageRoot(), 'node_modules/@electric-sql/pglite/package.json')),
  );
  for (const name of (await readdir(migrationsFolder)).toSorted())
    if (name.endsWith('.sql')) hash.update(await readFile(join(migrationsFolder, name)));
  return join(tmpdir(), `droptune-test-db-${hash.digest('hex').slice(0, 16)}.tar`);
};

const boot = async (): Promise<Db> => {
  const path = await keptPath();
  const kept = await readFile(path).catch(() => null);
  if (kept)
    return drizzle({ client: await PGlite.create({ loadDataDir: new Blob([kept]) }) }) as unknown as Db;
  const client = await PGlite.create();
  const db = drizzle({ client });
  await migrate(db, { migrationsFolder });
  const part = join(temporary('db'), 'part');
  await writeFile(part, Buffer.from(await (await client.dumpDataDir('none')).arrayBuffer()));
  await rename(part, path);
  return db as unknown as Db;
};

let booted: Promise<Db> | undefined;
beforeAll(() => (booted ??= boot()).then(() => undefined), 180_000);

/** The file's database, empty. */
export const testDb = async (): Promise<Db> => {
  const db = await (booted ??= boot());
  await empty(db);
  return db;
};
