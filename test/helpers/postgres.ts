/** A PostgreSQL for tests: `DATABASE_TEST_URL`, else the usual place. Each test file gets a database of its own. */
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';

const ADMIN_URLS = process.env['DATABASE_TEST_URL']
  ? [process.env['DATABASE_TEST_URL']]
  : [
      'postgres://root@127.0.0.1:5432/test',
      'postgres://postgres@127.0.0.1:5432/test',
      'postgres://postgres@127.0.0.1:5432/postgres',
    ];

const withAdmin = async <T>(url: string, run: (sql: postgres.Sql) => Promise<T>): Promise<T> => {
  const sql = postgres(url, { max: 1, connect_timeout: 3, onnotice: () => undefined });
  return run(sql).finally(() => sql.end({ timeout: 1 }));
};

const findAdmin = async (): Promise<string | null> => {
  for (const url of ADMIN_URLS)
    if (
      await withAdmin(url, (sql) => sql`select 1`).then(
        () => true,
        () => false,
      )
    )
      return url;
  return null;
};

/** An empty database and how to drop it; null where no server answers or lets us in. */
export const freshPostgres = async (): Promise<{ url: string; drop: () => Promise<void> } | null> => {
  const admin = await findAdmin();
  if (admin === null) return null;
  const name = `droptune_${randomUUID().replaceAll('-', '')}`;
  await withAdmin(admin, (sql) => sql.unsafe(`create database ${name}`));
  const url = new URL(admin);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () =>
      withAdmin(admin, (sql) => sql.unsafe(`drop database ${name} with (force)`)).then(() => undefined),
  };
};
