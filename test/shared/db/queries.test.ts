import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../../shared/db/client.ts';
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
});
