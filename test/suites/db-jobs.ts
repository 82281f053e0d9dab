/** Jobs, events and runs, on every database. */
import { expect, test } from 'vitest';
import { type Db } from '../../shared/db/client.ts';
import { listDatasets } from '../../shared/db/datasets.ts';
import { historyOf, listEvents } from '../../shared/db/events.ts';
import { findJob, listJobs, recordEvent, startJob } from '../../shared/db/jobs.ts';
import { claimDue, putOff } from '../../shared/db/messages.ts';
import {
  activeRuns,
  claimAttempt,
  findRun,
  runsOf,
  seeHeartbeat,
  setEventsRead,
  setMachine,
} from '../../shared/db/runs.ts';
import { eventsOf, jobWithDataset, plan } from '../helpers/jobs.ts';

const topicsOf = async (db: Db) =>
  (await claimDue(db, { now_ms: 0, limit: 99, lock_ms: 1 })).map(({ topic }) => topic);

export const testJobs = (db: () => Db): void => {
  const begun = async (over = {}) => {
    const made = jobWithDataset(over);
    await startJob(db(), made);
    return made;
  };
  const queued = async () => {
    const { job } = await begun();
    await recordEvent(db(), eventsOf(job).queued);
    return job.id;
  };

  test('a job comes back as it was put in', async () => {
    const { job } = await begun({ checkpoint: null, resolved: plan.resolved, trained_tokens: 2 ** 40 });
    expect(await findJob(db(), job.id)).toEqual(job);
  });
  test('a job that is not there is not_found', async () => {
    await expect(findJob(db(), 'ftjob-x')).rejects.toMatchObject({ code: 'not_found' });
    await expect(recordEvent(db(), { ...eventsOf(jobWithDataset().job).created })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
  test('of twenty starts of one dataset one makes a job, and all answer with it', async () => {
    const all = Array.from({ length: 20 }, () => jobWithDataset());
    const starts = await Promise.all(
      all.map(({ job, dataset }) => startJob(db(), { job, dataset: { ...dataset, identity: 'same' } })),
    );
    expect(starts.filter(({ fresh }) => fresh)).toHaveLength(1);
    expect(new Set(starts.map(({ job }) => job.id)).size).toBe(1);
    expect((await listJobs(db(), { limit: 50 })).data).toHaveLength(1);
    expect(await topicsOf(db())).toEqual(['validate', 'publish', 'notify']);
  });
  test('a start that breaks off leaves nothing', async () => {
    const { job, dataset } = jobWithDataset();
    await expect(startJob(db(), { dataset, job: { ...job, dataset: 'ds_other' } })).rejects.toThrow();
    expect((await listDatasets(db(), { limit: 9 })).data).toEqual([]);
  });
  test('a job may be born failed', async () => {
    const made = jobWithDataset();
    const { job } = await startJob(db(), { ...made, error: eventsOf(made.job).failed.error });
    expect(job).toMatchObject({ status: 'failed', error: { code: 'engine_failed' } });
    expect(await findJob(db(), job.id)).toEqual(job);
  });
  test('an event is recorded once, with what follows from it', async () => {
    const { job } = await begun();
    await topicsOf(db());
    const event = eventsOf(job).queued;
    const results = await Promise.all(Array.from({ length: 8 }, () => recordEvent(db(), event)));
    expect(results.filter(({ fresh }) => fresh)).toHaveLength(1);
    expect(results.every((r) => r.job.status === 'queued')).toBe(true);
    expect(await topicsOf(db())).toEqual(expect.arrayContaining(['dispatch', 'publish', 'notify']));
  });
  test('an event that means nothing is history all the same', async () => {
    const { job } = await begun();
    const event = eventsOf(job).progressed;
    expect(await recordEvent(db(), event)).toMatchObject({ fresh: true, changed: false });
    expect((await historyOf(db(), job.id)).map(({ type }) => type)).toEqual(['created', 'progressed']);
    expect((await findJob(db(), job.id)).status).toBe('validating');
  });
  test('events are listed newest first, page by page, by type', async () => {
    const { job } = await begun();
    for (let n = 0; n < 5; n++) await recordEvent(db(), { ...eventsOf(job).progressed, id: `e${n}` });
    const first = await listEvents(db(), job.id, { limit: 2 });
    expect(first).toMatchObject({ has_more: true, data: [{ id: 'e4' }, { id: 'e3' }] });
    const rest = await listEvents(db(), job.id, { limit: 9, after: 'e3' });
    expect(rest.data.map(({ id }) => id)).toEqual(['e2', 'e1', 'e0', `created.${job.id}`]);
    expect(rest.has_more).toBe(false);
    expect((await listEvents(db(), job.id, { limit: 9, types: ['created'] })).data).toHaveLength(1);
    await expect(listEvents(db(), job.id, { limit: 1, after: 'none' })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
  test('jobs are listed newest first, and filtered', async () => {
    const request = {
      model: 'm',
      training_file: 'f',
      validation_file: null,
      suffix: null,
      metadata: { team: "o'neil" },
      method: null,
    };
    const a = (await begun({ created_at_ms: 10 })).job.id;
    const b = (await begun({ created_at_ms: 20, project: 'other', request })).job.id;
    const c = (await begun({ created_at_ms: 20, status: 'failed' })).job.id;
    const ids = async (by: object) => (await listJobs(db(), { limit: 9, ...by })).data.map(({ id }) => id);
    expect(await ids({})).toEqual([c, b, a]);
    expect(await ids({ after: c })).toEqual([b, a]);
    expect(await listJobs(db(), { limit: 2 })).toMatchObject({ has_more: true });
    expect(await ids({ project: 'other' })).toEqual([b]);
    expect(await ids({ status: ['failed'] })).toEqual([c]);
    expect(await ids({ metadata: { team: "o'neil" } })).toEqual([b]);
    expect(await ids({ metadata: { team: 'x' } })).toEqual([]);
  });

  test('of eight dispatchers one claims the attempt', async () => {
    const job = await queued();
    const claims = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        claimAttempt(db(), { job, event: `claim${n}`, now_ms: 7, concurrency: 9 }),
      ),
    );
    expect(claims.map(({ kind }) => kind).toSorted()).toEqual([
      'claimed',
      ...Array.from({ length: 7 }, () => 'skipped'),
    ]);
    expect(await runsOf(db(), job)).toHaveLength(1);
    expect(await findRun(db(), job, 1)).toMatchObject({ machine: null, events_read: 0, launched_at_ms: 7 });
  });
  test('of eight jobs no more are claimed than may be at work', async () => {
    const jobs = await Promise.all(Array.from({ length: 8 }, queued));
    const claims = await Promise.all(
      jobs.map((job) => claimAttempt(db(), { job, event: `c${job}`, now_ms: 0, concurrency: 3 })),
    );
    expect(claims.filter(({ kind }) => kind === 'claimed')).toHaveLength(3);
    expect(claims.filter(({ kind }) => kind === 'busy')).toHaveLength(5);
    expect(await activeRuns(db())).toHaveLength(3);
  });
  test('a run keeps its machine, its place in the events and its heartbeat', async () => {
    const job = await queued();
    await claimAttempt(db(), { job, event: 'c', now_ms: 0, concurrency: 1 });
    await setMachine(db(), job, 1, 'local:1');
    await setEventsRead(db(), job, 1, 4);
    await setEventsRead(db(), job, 1, 2);
    await seeHeartbeat(db(), { job, attempt: 1, heartbeat: 'h', seen_ms: 9 });
    const [active] = await activeRuns(db());
    expect(active).toMatchObject({
      job: { id: job },
      run: { machine: 'local:1', events_read: 4, heartbeat: 'h', heartbeat_seen_ms: 9 },
    });
  });
  test('a job that ends wakes those that were put off', async () => {
    const [first, second] = [await queued(), await queued()];
    await claimAttempt(db(), { job: first, event: 'c', now_ms: 0, concurrency: 1 });
    const claimed = await claimDue(db(), { now_ms: 0, limit: 99, lock_ms: 1 });
    for (const { id, topic } of claimed) if (topic === 'dispatch') await putOff(db(), id, 1e6);
    await recordEvent(db(), eventsOf({ id: first, attempt: 1 }).failed);
    const due = await claimDue(db(), { now_ms: 0, limit: 99, lock_ms: 1 });
    expect(due.filter(({ topic }) => topic === 'dispatch').map(({ body }) => body['job'])).toContain(second);
  });
};
