import { and, desc, eq, gte, inArray, sql } from 'drizzle-orm';
import type { Failure, JobEvent } from '../contracts/event.ts';
import type { Job, JobStatus } from '../contracts/job.ts';
import { AppError } from '../errors.ts';
import { followUps } from '../follow-ups.ts';
import { advance, isActive } from '../lifecycle.ts';
import type { Db } from './client.ts';
import { type DatasetRow, insertDataset } from './datasets.ts';
import { enqueue, wake } from './messages.ts';
import { job_events, jobs } from './schema.ts';
import { type EndpointRow, saveEndpoint } from './webhooks.ts';

export const findJob = async (db: Db, id: string): Promise<Job> => {
  const [job] = await db.select().from(jobs).where(eq(jobs.id, id));
  if (!job) throw new AppError('not_found', `No job ${id}`);
  return job;
};

/** The first job of a dataset: what a drop of the same bytes is answered with. */
const findJobOfDataset = async (db: Db, dataset: string): Promise<Job | null> => {
  const [job] = await db
    .select()
    .from(jobs)
    .where(eq(jobs.dataset, dataset))
    .orderBy(jobs.created_at_ms, jobs.id)
    .limit(1);
  return job ?? null;
};

export type Page<T> = { readonly data: T[]; readonly has_more: boolean };
const pageOf = <T>(rows: T[], limit: number): Page<T> => ({
  data: rows.slice(0, limit),
  has_more: rows.length > limit,
});

/** Newest first. `after` is the id of the last job of the page before; `metadata` matches every given pair,
 *  null the jobs that have none. */
export const listJobs = async (
  db: Db,
  by: {
    limit: number;
    after?: string | undefined;
    project?: string | undefined;
    status?: readonly JobStatus[] | undefined;
    metadata?: Readonly<Record<string, string>> | null | undefined;
  },
): Promise<Page<Job>> => {
  const last = by.after === undefined ? null : await findJob(db, by.after);
  const rows = await db
    .select()
    .from(jobs)
    .where(
      and(
        by.project === undefined ? undefined : eq(jobs.project, by.project),
        by.status && inArray(jobs.status, [...by.status]),
        by.metadata ? sql`${jobs.request} -> 'metadata' @> ${JSON.stringify(by.metadata)}::jsonb` : undefined,
        by.metadata === null
          ? sql`coalesce(${jobs.request} -> 'metadata', '{}'::jsonb) in ('null'::jsonb, '{}'::jsonb)`
          : undefined,
        last ? sql`(${jobs.created_at_ms}, ${jobs.id}) < (${last.created_at_ms}, ${last.id})` : undefined,
      ),
    )
    .orderBy(desc(jobs.created_at_ms), desc(jobs.id))
    .limit(by.limit + 1);
  return pageOf(rows, by.limit);
};

/** What an event did: `fresh` is false where its id was recorded before, `changed` where it moved nothing. */
export type Recorded = { readonly job: Job; readonly fresh: boolean; readonly changed: boolean };

/** Records an event once, moves its job by it, and writes what must follow, in one transaction. */
export const recordEvent = (db: Db, event: JobEvent): Promise<Recorded> =>
  db.transaction(async (tx) => {
    const [job] = await tx.select().from(jobs).where(eq(jobs.id, event.job)).for('update');
    if (!job) throw new AppError('not_found', `No job ${event.job} for the event ${event.id}`);
    const fresh = await tx
      .insert(job_events)
      .values({ id: event.id, job: event.job, event })
      .onConflictDoNothing()
      .returning({ id: job_events.id });
    if (fresh.length === 0) return { job, fresh: false, changed: false };

    const next = advance(job, event);
    if (next !== job) await tx.update(jobs).set(next).where(eq(jobs.id, job.id));
    await enqueue(tx, followUps(job, next, event), 0); // at once: the event's clock is not ours
    // a place became free; not by an attempt that found none, or those who wait would wake each other for ever
    if (isActive(job.status) && !isActive(next.status) && event.type !== 'released')
      await wake(tx, 'dispatch');
    return { job: next, fresh: true, changed: next !== job };
  });

/** Makes the dataset, its job and the job's own webhook endpoint, `created` and its messages with them, all or nothing.
 *  With an `error` the job is born failed. Where a dataset of this identity exists, nothing is made: `fresh` is false
 *  and `job` is that dataset's. */
export const startJob = (
  db: Db,
  {
    dataset,
    job,
    endpoint,
    error,
  }: { dataset: DatasetRow; job: Job; endpoint?: EndpointRow | null; error?: Failure | null },
): Promise<{ job: Job; fresh: boolean }> =>
  db.transaction(async (tx) => {
    const kept = await insertDataset(tx, dataset);
    if (kept.id !== dataset.id) {
      const first = await findJobOfDataset(tx, kept.id);
      if (!first) throw new AppError('internal', `Dataset ${kept.id} has no job`);
      return { job: first, fresh: false };
    }
    await tx.insert(jobs).values(job);
    if (endpoint) await saveEndpoint(tx, endpoint);
    const event = { job: job.id, at_ms: job.created_at_ms };
    await recordEvent(tx, { ...event, type: 'created', id: `created.${job.id}` });
    if (!error) return { job, fresh: true };
    const failed = await recordEvent(tx, { ...event, type: 'rejected', id: `rejected.${job.id}`, error });
    return { job: failed.job, fresh: true };
  });

/** The newest job that was asked for by this very request since then, `null` where there is none. */
export const findJobByFingerprint = async (
  db: Db,
  fingerprint: string,
  since_ms: number,
): Promise<Job | null> => {
  const [job] = await db
    .select()
    .from(jobs)
    .where(and(sql`${jobs.request} ->> 'x_fingerprint' = ${fingerprint}`, gte(jobs.created_at_ms, since_ms)))
    .orderBy(desc(jobs.created_at_ms))
    .limit(1);
  return job ?? null;
};
