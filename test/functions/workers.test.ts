import { describe, expect, test } from 'vitest';
import { drain } from '../../functions/messages.ts';
import { onRunEvent } from '../../functions/on-run-event.ts';
import { sweep } from '../../functions/sweep.ts';
import type { Deps } from '../../functions/deps.ts';
import { Spec } from '../../shared/contracts/spec.ts';
import { historyOf } from '../../shared/db/events.ts';
import { findJob, listJobs } from '../../shared/db/jobs.ts';
import { AppError } from '../../shared/errors.ts';
import { cancelJob, pauseJob, resumeJob } from '../../functions/control-job.ts';
import { bench, drop, paperWorker, readJson, settle, WHOLE } from '../helpers/control-plane.ts';

const types = async (deps: Deps, job: string) => (await historyOf(deps.db, job)).map(({ type }) => type);

const deaf = async (): Promise<never> => {
  throw new AppError('launch_failed', 'the platform is away');
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
  test('a worker that waits in the queue of the platform is not lost, and has its time from when it runs', async () => {
    const b = await bench([[]]);
    b.machines.set('paper-1', 'waiting');
    await drop(b);
    await settle(b.deps);
    b.clock.ms += 5 * 3_600_000;
    expect(await sweep(b.deps)).toMatchObject({ lost: 0 });
    b.machines.set('paper-1', 'running');
    b.clock.ms += 14 * 60_000;
    expect(await sweep(b.deps)).toMatchObject({ lost: 0 });
    b.clock.ms += 2 * 60_000;
    expect(await sweep(b.deps)).toMatchObject({ lost: 1 });
  });
  test('a launcher that does not answer for a machine leaves the verdict to the heartbeat', async () => {
    const b = await bench([['heartbeat', 'started']]);
    const id = await drop(b);
    await settle(b.deps);
    const deps: Deps = { ...b.deps, launcher: { ...b.deps.launcher, state: deaf, cancel: deaf, logs: deaf } };
    expect(await sweep(deps)).toMatchObject({ lost: 0 });
    b.clock.ms += 90_001;
    expect(await sweep(deps)).toMatchObject({ lost: 1 });
    expect(b.logged.join('\n')).toMatch(
      /state of paper-1.*away[^]*log of paper-1.*away[^]*stop attempt 1.*away/,
    );
    expect((await findJob(b.deps.db, id)).status).toBe('queued');
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
