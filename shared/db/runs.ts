import { and, count, eq, inArray, sql } from 'drizzle-orm';
import type { Job } from '../contracts/job.ts';
import { ACTIVE } from '../lifecycle.ts';
import type { Db } from './client.ts';
import { findJob, recordEvent } from './jobs.ts';
import { jobs, runs } from './schema.ts';

export type RunRow = typeof runs.$inferSelect;

const CLAIM_LOCK = 7_360_902;

export type Claimed =
  | { readonly kind: 'claimed'; readonly job: Job }
  /** as many machines as may be are at work */
  | { readonly kind: 'busy' }
  /** the job is not queued: somebody else has it, or it ended */
  | { readonly kind: 'skipped'; readonly job: Job };

/** Begins the next attempt of a queued job, unless `concurrency` jobs have machines. One of many callers wins. */
export const claimAttempt = (
  db: Db,
  {
    job: id,
    event,
    now_ms,
    concurrency,
  }: { job: string; event: string; now_ms: number; concurrency: number },
): Promise<Claimed> =>
  db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${CLAIM_LOCK})`); // counting and claiming are one step
    const job = await findJob(tx, id);
    if (job.status !== 'queued') return { kind: 'skipped', job };
    const [active] = await tx
      .select({ n: count() })
      .from(jobs)
      .where(inArray(jobs.status, [...ACTIVE]));
    if ((active?.n ?? 0) >= concurrency) return { kind: 'busy' };

    const attempt = job.attempt + 1;
    const recorded = await recordEvent(tx, { type: 'claimed', id: event, job: id, at_ms: now_ms, attempt });
    if (!recorded.changed) return { kind: 'skipped', job: recorded.job };
    await tx
      .insert(runs)
      .values({ job: id, attempt, events_read: 0, heartbeat_seen_ms: now_ms, launched_at_ms: now_ms });
    return { kind: 'claimed', job: recorded.job };
  });

const one = (job: string, attempt: number) => and(eq(runs.job, job), eq(runs.attempt, attempt));

export const findRun = async (db: Db, job: string, attempt: number): Promise<RunRow | null> => {
  const [run] = await db.select().from(runs).where(one(job, attempt));
  return run ?? null;
};

/** Current runs of the jobs that have a machine. */
export const activeRuns = (db: Db): Promise<{ job: Job; run: RunRow }[]> =>
  db
    .select({ job: jobs, run: runs })
    .from(jobs)
    .innerJoin(runs, and(eq(runs.job, jobs.id), eq(runs.attempt, jobs.attempt)))
    .where(inArray(jobs.status, [...ACTIVE]))
    .orderBy(jobs.created_at_ms);

/** Every attempt of a job. */
export const runsOf = (db: Db, job: string): Promise<RunRow[]> =>
  db.select().from(runs).where(eq(runs.job, job)).orderBy(runs.attempt);

export const setMachine = async (db: Db, job: string, attempt: number, machine: string): Promise<void> => {
  await db.update(runs).set({ machine }).where(one(job, attempt));
};

/** `n` event files were read; never goes back. */
export const setEventsRead = async (db: Db, job: string, attempt: number, n: number): Promise<void> => {
  await db
    .update(runs)
    .set({ events_read: sql`greatest(${runs.events_read}, ${n}::integer)` })
    .where(one(job, attempt));
};

/** A heartbeat that differs from the last one, seen at `seen_ms` by the reader's clock; null: the worker cannot have begun. */
export const seeHeartbeat = async (
  db: Db,
  {
    job,
    attempt,
    heartbeat,
    seen_ms,
  }: { job: string; attempt: number; heartbeat: string | null; seen_ms: number },
): Promise<void> => {
  await db.update(runs).set({ heartbeat, heartbeat_seen_ms: seen_ms }).where(one(job, attempt));
};
