import { type Context, Hono } from 'hono';
import { Metadata, pageQuery } from '../../shared/contracts/api.ts';
import type { Job } from '../../shared/contracts/job.ts';
import { listEvents } from '../../shared/db/events.ts';
import { findJob, listJobs } from '../../shared/db/jobs.ts';
import { AppError } from '../../shared/errors.ts';
import { objectUri } from '../../shared/storage/index.ts';
import { cancelJob, pauseJob, resumeJob } from '../control-job.ts';
import type { Deps } from '../deps.ts';
import { jobCreator } from './create.ts';
import { toApiEvent } from './event-object.ts';
import { toApiCheckpoint, toApiJob, toApiList } from './job-object.ts';

type JobDeps = Pick<Deps, 'db' | 'storage' | 'now' | 'settings'>;

const JobsPage = pageQuery(100, 20);
const CheckpointsPage = pageQuery(100, 10);
const EVERY_CHECKPOINT = 100_000;

/** `metadata[k]=v` pairs; null for `metadata=` and `metadata=null`, which ask for the jobs that have none. */
const metadataOf = (c: Context): Record<string, string> | null | undefined => {
  const pairs = Object.entries(c.req.query()).flatMap(([name, value]) => {
    const key = /^metadata\[(.*)\]$/.exec(name)?.[1];
    return key === undefined ? [] : [[key, value] as const];
  });
  if (pairs.length > 0) return Metadata.parse(Object.fromEntries(pairs));
  const plain = c.req.query('metadata');
  return plain === '' || plain === 'null' ? null : undefined;
};

/** A checkpoint's id is made of its event's, so a page is a slice of all of them: there are few. */
const checkpointsOf = async ({ db }: Pick<Deps, 'db'>, job: Job) => {
  const { data } = await listEvents(db, job.id, { limit: EVERY_CHECKPOINT, types: ['checkpointed'] });
  return data.flatMap((event) => (event.type === 'checkpointed' ? [toApiCheckpoint(job, event)] : []));
};

export const jobRoutes = (deps: JobDeps): Hono => {
  const { db, storage, now } = deps;
  const create = jobCreator(deps);
  const wire = (job: Job) => toApiJob(job, { now_ms: now(), uri: (key) => objectUri(storage, key) });
  const answer = (c: Context, job: Job): Response => c.json(wire(job));
  return (
    new Hono()
      .post('/', async (c) => answer(c, await create(c)))
      .get('/', async (c) => {
        const page = JobsPage.parse(c.req.query());
        const { data, has_more } = await listJobs(db, { ...page, metadata: metadataOf(c) });
        return c.json(toApiList(data.map(wire), has_more));
      })
      .get('/:id', async (c) => answer(c, await findJob(db, c.req.param('id'))))
      .get('/:id/events', async (c) => {
        const job = await findJob(db, c.req.param('id'));
        const { data, has_more } = await listEvents(db, job.id, JobsPage.parse(c.req.query()));
        return c.json(toApiList(data.map(toApiEvent), has_more));
      })
      .get('/:id/checkpoints', async (c) => {
        const job = await findJob(db, c.req.param('id'));
        const { after, limit } = CheckpointsPage.parse(c.req.query());
        const all = await checkpointsOf(deps, job);
        const from = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1;
        if (after !== undefined && from === 0)
          throw new AppError('not_found', `Job ${job.id} has no checkpoint ${after}`, { param: 'after' });
        return c.json(toApiList(all.slice(from, from + limit), all.length > from + limit));
      })
      // no body and no content-type: that is how clients send these
      .post('/:id/cancel', async (c) => answer(c, await cancelJob(deps, c.req.param('id'))))
      .post('/:id/pause', async (c) => answer(c, await pauseJob(deps, c.req.param('id'))))
      .post('/:id/resume', async (c) => answer(c, await resumeJob(deps, c.req.param('id'))))
  );
};
