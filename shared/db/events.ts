import { and, asc, desc, eq, inArray, lt, sql } from 'drizzle-orm';
import type { JobEvent, JobEventType } from '../contracts/event.ts';
import { AppError } from '../errors.ts';
import type { Db } from './client.ts';
import { job_events } from './schema.ts';

export const findEvent = async (db: Db, id: string): Promise<JobEvent> => {
  const [row] = await db.select().from(job_events).where(eq(job_events.id, id));
  if (!row) throw new AppError('not_found', `No event ${id}`);
  return row.event;
};

/** A job's events, newest first. `after` is the id of the last event of the page before. */
export const listEvents = async (
  db: Db,
  job: string,
  by: { limit: number; after?: string | undefined; types?: readonly JobEventType[] | undefined },
): Promise<{ data: JobEvent[]; has_more: boolean }> => {
  const [last] =
    by.after === undefined
      ? [null]
      : await db
          .select({ seq: job_events.seq })
          .from(job_events)
          .where(and(eq(job_events.job, job), eq(job_events.id, by.after)));
  if (last === undefined) throw new AppError('not_found', `Job ${job} has no event ${by.after}`);
  const rows = await db
    .select()
    .from(job_events)
    .where(
      and(
        eq(job_events.job, job),
        last ? lt(job_events.seq, last.seq) : undefined,
        by.types && inArray(sql`${job_events.event} ->> 'type'`, [...by.types]),
      ),
    )
    .orderBy(desc(job_events.seq))
    .limit(by.limit + 1);
  return { data: rows.slice(0, by.limit).map((row) => row.event), has_more: rows.length > by.limit };
};

/** All events of a job in the order in which they were recorded. */
export const historyOf = async (db: Db, job: string): Promise<JobEvent[]> => {
  const rows = await db.select().from(job_events).where(eq(job_events.job, job)).orderBy(asc(job_events.seq));
  return rows.map((row) => row.event);
};
