import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { migrate } from 'drizzle-orm/postgres-js/migrator';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../../shared/db/client.ts';
import type { AppError } from '../../../shared/errors.ts';
import { openPostgres } from '../../../shared/db/postgres.ts';
import { packageRoot } from '../../../shared/package-root.ts';
import { listJobs } from '../../../shared/db/jobs.ts';
import { empty, temporary } from '../../helpers/database.ts';
import { freshPostgres } from '../../helpers/postgres.ts';
import { testJobs } from '../../suites/db-jobs.ts';
import { testMessages } from '../../suites/db-messages.ts';
import { testRecords } from '../../suites/db-records.ts';

const server = await freshPostgres();
if (!server)
  console.warn(
    'No PostgreSQL answers (DATABASE_TEST_URL, or 127.0.0.1:5432): its half of this suite is skipped',
  );
afterAll(() => server?.drop());

const suite = (open: () => Promise<Database>): void => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });
  beforeEach(() => empty(database.db));
  afterAll(() => database.close());
  const db = () => database.db;
  testJobs(db);
  testMessages(db);
  testRecords(db);
  test('opening applied every migration', async () => {
    const tables = await db().execute(
      sql`select table_name from information_schema.tables where table_schema = 'public'`,
    );
    expect(JSON.stringify(tables)).toContain('webhook_endpoints');
  });
};

describe('queries on PGlite', () => suite(() => openDatabase({ folder: temporary('db') })));
describe.skipIf(!server)('queries on PostgreSQL', () =>
  suite(() => openDatabase({ url: server!.url, folder: '' })),
);

describe.skipIf(!server)('several services on one PostgreSQL', () => {
  test('may start at once: migrations are applied one after the other', async () => {
    const fresh = (await freshPostgres())!;
    const opened = await Promise.all(
      Array.from({ length: 3 }, () => openDatabase({ url: fresh.url, folder: '' })),
    );
    expect(await listJobs(opened[2]!.db, { limit: 1 })).toEqual({ data: [], has_more: false });
    await Promise.all(opened.map((database) => database.close()));
    await fresh.drop();
  });

  test("are migrated as drizzle's own migrator would: it finds nothing left to do", async () => {
    const fresh = (await freshPostgres())!;
    const { db, close } = await openPostgres(fresh.url, 'function');
    const applied = () => db.execute(sql`select hash, created_at from drizzle.__drizzle_migrations`);
    const ours = await applied();
    const migrationsFolder = join(packageRoot(), 'shared/db/migrations');
    await migrate(db as unknown as Parameters<typeof migrate>[0], { migrationsFolder });
    expect(await applied()).toEqual(ours);
    const read = readMigrationFiles({ migrationsFolder });
    expect(JSON.parse(JSON.stringify(ours))).toEqual(
      read.map(({ hash, folderMillis }) => ({ hash, created_at: String(folderMillis) })),
    );
    await close();
    await fresh.drop();
  });

  test('keep what is there where a migration fails, and say why', async () => {
    const fresh = (await freshPostgres())!;
    const admin = await openPostgres(fresh.url, 'function');
    await admin.db.execute(sql`delete from drizzle.__drizzle_migrations`); // its tables are there already
    await admin.close();
    await expect(openPostgres(fresh.url, 'server')).rejects.toMatchObject({
      code: 'database_failed',
      message: expect.stringMatching(/^The database droptune_\w+ at .+:\d+ cannot be used: .*already exists/),
    });
    await fresh.drop();
  });
});

test('a database that does not answer is said without its password', async () => {
  const opened = openPostgres('postgres://root:secret@127.0.0.1:1/test', 'function');
  await expect(opened).rejects.toMatchObject({
    code: 'database_failed',
    message: expect.stringMatching(/^The database test at 127\.0\.0\.1:1 cannot be used: .*ECONNREFUSED/),
  });
  expect(
    JSON.stringify(await opened.catch(({ message, details }: AppError) => ({ message, details }))),
  ).not.toContain('secret');
});
