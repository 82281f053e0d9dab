import { describe, expect, test } from 'vitest';
import { ingest } from '../../functions/ingest.ts';
import { drain } from '../../functions/messages.ts';
import { onRunEvent } from '../../functions/on-run-event.ts';
import { sweep } from '../../functions/sweep.ts';
import type { Deps } from '../../functions/deps.ts';
import { Spec } from '../../shared/contracts/spec.ts';
import { historyOf } from '../../shared/db/events.ts';
import { findJob, listJobs } from '../../shared/db/jobs.ts';
import { AppError } from '../../shared/errors.ts';
import { cancelJob, pauseJob, resumeJob } from '../../functions/control-job.ts';
import {
  bench,
  type Bench,
  faq,
  paperWorker,
  put,
  readJson,
  settle,
  WHOLE,
} from '../helpers/control-plane.ts';

const types = async (deps: Deps, job: string) => (await historyOf(deps.db, job)).map(({ type }) => type);
const drop = async (b: Bench, path = 'faq.jsonl', content = faq()) => {
  const outcome = await ingest(b.deps, put(b, path, content));
  if (outcome.kind !== 'job') throw new Error(JSON.stringify(outcome));
  return outcome.job.id;
};

describe('workers', () => {
  test('one that dies is followed by another, which goes on from the checkpoint', async () => {
    const b = await bench([['heartbeat', 'started', 'checkpointed'], WHOLE]);
    const id = await drop(b);
    await settle(b.deps);
    expect((await findJob(b.deps.db, id)).status).toBe('running');
    expect(await sweep(b.deps)).toMatchObject({ lost: 1 });
    expect(await sweep(b.deps)).toMatchObject({ lost: 0 });
    await settle(b.deps);
    expect(await findJob(b.deps.db, id)).toMatchObject({ status: 'succeeded', attempt: 2, losses: 1 });
    const spec = Spec.parse(await readJson(b.deps.storage, `runs/${id}/2/spec.json`));
    expect(spec.resume_from).toBe(`${b.deps.storage.uri}/runs/${id}/1/checkpoint/5/`);
  });
  test('three that die fail the job', async () => {
    const b = await bench([['started']]);
    const id = await drop(b);
    for (let i = 0; i < 5; i++) {
      await settle(b.deps);
      await sweep(b.deps);
    }
    expect(await findJob(b.deps.db, id)).toMatchObject({
      status: 'failed',
      attempt: 3,
      error: { code: 'worker_lost' },
    });
    expect(b.launched).toHaveLength(3);
  });
  test('one that reported its success and then went is not lost', async () => {
    const b = await bench();
    const id = await drop(b);
    while ((await findJob(b.deps.db, id)).status !== 'starting') await drain(b.deps);
    expect(await sweep(b.deps)).toMatchObject({ lost: 0 });
    expect((await findJob(b.deps.db, id)).status).toBe('succeeded');
  });
  test('silence is measured by the reader: 90 s without a new heartbeat', async () => {
    const b = await bench([['heartbeat', 'started']]);
    b.machines.set('paper-1', 'unknown');
    const id = await drop(b);
    await settle(b.deps);
    await sweep(b.deps); // sees the heartbeat
    b.clock.ms += 90_000;
    expect(await sweep(b.deps)).toMatchObject({ lost: 0 });
    await b.deps.storage.write(`runs/${id}/1/heartbeat`, Buffer.from('another'));
    b.clock.ms += 1;
    expect(await sweep(b.deps)).toMatchObject({ lost: 0 });
    b.clock.ms += 90_001;
    expect(await sweep(b.deps)).toMatchObject({ lost: 1 });
    expect(b.cancelled).toEqual(['paper-1']);
  });
  test('a machine that never says a word is given up after a quarter of an hour', async () => {
    const b = await bench([[]]);
    b.machines.set('paper-1', 'running');
    await drop(b);
    await settle(b.deps);
    b.clock.ms += 14 * 60_000;
    expect(await sweep(b.deps)).toMatchObject({ lost: 0 });
    b.clock.ms += 2 * 60_000;
    expect(await sweep(b.deps)).toMatchObject({ lost: 1 });
  });
  test('a zombie of attempt 1 cannot touch attempt 2', async () => {
    const b = await bench([['started'], ['started']]);
    b.machines.set('paper-2', 'running');
    const id = await drop(b);
    await settle(b.deps);
    await sweep(b.deps);
    await settle(b.deps);
    const before = await findJob(b.deps.db, id);
    expect(before).toMatchObject({ status: 'running', attempt: 2 });
    const late = {
      type: 'failed',
      id: `${id}.1.2`,
      job: id,
      attempt: 1,
      at_ms: 1,
      error: { code: 'engine_failed', message: 'late' },
    };
    await b.deps.storage.write(`runs/${id}/1/events/000002.event.json`, Buffer.from(JSON.stringify(late)));
    expect(await onRunEvent(b.deps, { job: id, attempt: 1 })).toBe(1);
    expect(await findJob(b.deps.db, id)).toEqual(before);
    expect(await types(b.deps, id)).toContain('failed');
  });
  test('event files are read in order, as far as they go, whoever asks and how often', async () => {
    const b = await bench([[]]);
    b.machines.set('paper-1', 'running');
    const id = await drop(b);
    await settle(b.deps);
    await paperWorker(b.deps.storage, b.launched[0]!, WHOLE);
    const third = `runs/${id}/1/events/000003.event.json`;
    const bytes = (await b.deps.storage.read(third))!;
    await b.deps.storage.remove(third);
    await Promise.all(Array.from({ length: 5 }, () => onRunEvent(b.deps, { job: id, attempt: 1 })));
    expect((await findJob(b.deps.db, id)).status).toBe('running');
    await b.deps.storage.write(third, bytes);
    await Promise.all(Array.from({ length: 5 }, () => onRunEvent(b.deps, { job: id, attempt: 1 })));
    expect((await findJob(b.deps.db, id)).status).toBe('succeeded');
    expect((await types(b.deps, id)).slice(-5)).toEqual([
      'started',
      'progressed',
      'checkpointed',
      'evaluated',
      'succeeded',
    ]);
  });
  test('an event file that is none is said and passed over', async () => {
    const b = await bench([[]]);
    b.machines.set('paper-1', 'running');
    const id = await drop(b);
    await settle(b.deps);
    await b.deps.storage.write(`runs/${id}/1/events/000001.event.json`, Buffer.from('not json'));
    expect(await onRunEvent(b.deps, { job: id, attempt: 1 })).toBe(1);
    expect(b.logged.join('\n')).toMatch(/000001\.event\.json is not an event/);
  });
  test('a launch that fails is tried again, later; attempts go on, losses do not', async () => {
    const b = await bench([new AppError('launch_failed', 'no machine is free'), new Error('odd'), WHOLE]);
    const id = await drop(b);
    await settle(b.deps);
    expect(await findJob(b.deps.db, id)).toMatchObject({ status: 'queued', attempt: 1, losses: 0 });
    b.clock.ms += 2000;
    await settle(b.deps);
    b.clock.ms += 5000;
    await settle(b.deps);
    expect(await findJob(b.deps.db, id)).toMatchObject({ status: 'succeeded', attempt: 3, losses: 0 });
  });
  test('a launch that never succeeds fails the job at last, and says why', async () => {
    const b = await bench([new AppError('launch_failed', 'the cloud is closed')]);
    const id = await drop(b);
    for (let i = 0; i < 20; i++) {
      await settle(b.deps);
      b.clock.ms += 600_000;
    }
    expect(await findJob(b.deps.db, id)).toMatchObject({
      status: 'failed',
      error: { code: 'launch_failed', message: expect.stringContaining('the cloud is closed') },
    });
  });
  test('no more work at once than there are places; the others wait and follow in their order', async () => {
    const b = await bench([[]], 1);
    b.machines.set('paper-1', 'running');
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      ids.push(await drop(b, `${name}.jsonl`, faq(40, name)));
      await settle(b.deps);
    }
    expect(b.launched).toEqual([`runs/${ids[0]}/1/spec.json`]);
    await paperWorker(b.deps.storage, b.launched[0]!, WHOLE);
    await settle(b.deps);
    expect(b.launched[1]).toBe(`runs/${ids[1]}/1/spec.json`);
    expect(b.launched).toHaveLength(2);
  });
});

describe('what people ask of a job', () => {
  test('a cancelled job that no worker has ends at once', async () => {
    const b = await bench();
    const id = await drop(b);
    expect((await cancelJob(b.deps, id)).status).toBe('cancelled');
    expect((await cancelJob(b.deps, id)).status).toBe('cancelled');
    await settle(b.deps);
    expect(b.launched).toEqual([]);
    expect(await readJson(b.deps.storage, 'outbox/acme/faq/status.json')).toMatchObject({
      status: 'cancelled',
    });
  });
  test('the worker of a cancelled job hears of it', async () => {
    const b = await bench([['started']]);
    b.machines.set('paper-1', 'running');
    const id = await drop(b);
    await settle(b.deps);
    expect((await cancelJob(b.deps, id)).status).toBe('cancelling');
    await settle(b.deps);
    expect(await readJson(b.deps.storage, `runs/${id}/1/control.json`)).toMatchObject({ want: 'cancel' });
  });
  test('pause, resume, and what cannot be', async () => {
    const b = await bench([['started', 'checkpointed', 'paused'], WHOLE]);
    b.machines.set('paper-1', 'running');
    const id = await drop(b);
    await expect(resumeJob(b.deps, id)).rejects.toMatchObject({ code: 'illegal_transition' });
    await settle(b.deps);
    expect((await pauseJob(b.deps, id)).status).toBe('paused');
    expect((await resumeJob(b.deps, id)).status).toBe('queued');
    await settle(b.deps);
    expect(await findJob(b.deps.db, id)).toMatchObject({ status: 'succeeded', attempt: 2, losses: 0 });
    await expect(cancelJob(b.deps, id)).rejects.toMatchObject({ code: 'illegal_transition' });
    await expect(pauseJob(b.deps, 'ftjob-none')).rejects.toMatchObject({ code: 'not_found' });
    expect((await listJobs(b.deps.db, { limit: 9 })).data).toHaveLength(1);
  });
});
