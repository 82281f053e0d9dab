import { createHash } from 'node:crypto';
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { AppError } from '../errors.ts';
import { readShipped } from '../shipped.ts';
import type { Database, Db } from './client.ts';

const MIGRATION_LOCK = 7_360_901; // any number, the same in every process

/** Who connects. Functions are many and each works alone: few connections, which close when it rests, and no prepared
 *  statements, which a pooler between them and the database (PgBouncer, RDS Proxy) would give to others. */
const POOLS = {
  server: {},
  function: { max: 2, idle_timeout: 20, connect_timeout: 10, prepare: false },
} as const;

type Migration = { readonly tag: string; readonly when: number };

const migrations = async (): Promise<readonly Migration[]> => {
  const journal = await readShipped('shared/db/migrations/meta/_journal.json');
  return (JSON.parse(journal) as { entries: Migration[] }).entries;
};

const UNDEFINED_TABLE = '42P01';

/** When the newest migration that the database has was made, 0 for an empty one. */
const newest = async (sql: postgres.ISql): Promise<number> => {
  const [row] = await sql`select max(created_at) as at from drizzle.__drizzle_migrations`;
  return Number(row?.['at'] ?? 0);
};

/** What drizzle's own migrator does, in one transaction under one lock: a lock of the session would stay with a pooler's
 *  connection for ever. */
const migrate = (client: postgres.Sql, all: readonly Migration[]): Promise<unknown> =>
  client.begin(async (sql) => {
    await sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`;
    await sql`create schema if not exists drizzle`;
    await sql`create table if not exists drizzle.__drizzle_migrations
      (id serial primary key, hash text not null, created_at bigint)`;
    const since = await newest(sql);
    for (const { tag, when } of all.filter((migration) => migration.when > since)) {
      const text = await readShipped(`shared/db/migrations/${tag}.sql`);
      for (const statement of text.split('--> statement-breakpoint')) await sql.unsafe(statement);
      const hash = createHash('sha256').update(text).digest('hex');
      await sql`insert into drizzle.__drizzle_migrations (hash, created_at) values (${hash}, ${when})`;
    }
  });

const unusable = ({ host, port, database }: postgres.ParsedOptions, cause: unknown): AppError => {
  const where = host.map((name, i) => `${name}:${port[i]}`).join(', ');
  const why = cause instanceof Error ? cause.message || String(cause) : String(cause);
  return new AppError('database_failed', `The database ${database} at ${where} cannot be used: ${why}`, {
    cause,
    hint: 'DATABASE_URL names it: postgres://user:password@host:5432/name',
  });
};

/** PostgreSQL with every migration applied. Throws `database_failed` where it cannot be reached. */
export const openPostgres = async (url: string, pool: keyof typeof POOLS): Promise<Database> => {
  const client = postgres(url, { ...POOLS[pool], onnotice: () => undefined });
  try {
    const all = await migrations();
    const has = await newest(client).catch((error: unknown) => {
      if ((error as { code?: string }).code === UNDEFINED_TABLE) return 0;
      throw error;
    });
    if (all.some(({ when }) => when > has)) await migrate(client, all);
  } catch (cause) {
    await client.end({ timeout: 1 });
    throw unusable(client.options, cause);
  }
  return { db: drizzle({ client }) as unknown as Db, close: () => client.end({ timeout: 5 }) };
};
