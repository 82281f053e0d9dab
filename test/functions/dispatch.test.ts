import { describe, expect, test } from 'vitest';
import { sweep } from '../../functions/sweep.ts';
import { historyOf } from '../../shared/db/events.ts';
import { findJob } from '../../shared/db/jobs.ts';
import { AppError } from '../../shared/errors.ts';
import { bench, drop, faq, paperWorker, readJson, settle, WHOLE } from '../helpers/control-plane.ts';

describe('a launch', () => {
  test('that fails is tried again, later; attempts go on, losses do not', async () => {
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
  test('that never succeeds fails the job at last, and says why', async () => {
    const b = await bench([new AppError('launch_failed', 'the cloud is closed', { hint: 'Open it' })]);
    const id = await drop(b);
    for (let i = 0; i < 20; i++) {
      await settle(b.deps);
      b.clock.ms += 600_000;
    }
    expect(await findJob(b.deps.db, id)).toMatchObject({
      status: 'failed',
      error: {
        code: 'launch_failed',
        message: expect.stringContaining('the cloud is closed'),
        hint: 'Open it',
      },
    });
  });
  test('an attempt that is given up is told to stop, and what its machine last said is kept', async () => {
    const b = await bench([new AppError('launch_failed', 'no answer', { hint: 'Look there' }), ['started']]);
    const id = await drop(b);
    await settle(b.deps);
    b.clock.ms += 60_000;
    await settle(b.deps);
    await sweep(b.deps);
    const history = await historyOf(b.deps.db, id);
    expect(history.find(({ type }) => type === 'released')).toMatchObject({
      reason: 'no answer. Look there',
    });
    expect(history.find(({ type }) => type === 'lost')).toMatchObject({
      reason: 'its machine paper-2 is gone; its log: paper-2.log',
      log_tail: 'the words of paper-2',
    });
    for (const attempt of [1, 2])
      expect(await readJson(b.deps.storage, `runs/${id}/${attempt}/control.json`)).toMatchObject({
        want: 'cancel',
      });
  });
  test('of a job that finds no room on the platform is tried as long as it takes, and those who wait let each other be', async () => {
    const b = await bench([...Array.from({ length: 6 }, () => 'later' as const), WHOLE]);
    const ids: string[] = [];
    for (const name of ['a', 'b']) {
      ids.push(await drop(b, `${name}.jsonl`, faq(40, name)));
      await settle(b.deps);
    }
    expect(b.launched).toHaveLength(2);
    for (let i = 0; i < 4; i++) {
      b.clock.ms += 120_000;
      await settle(b.deps);
    }
    for (const id of ids)
      expect(await findJob(b.deps.db, id)).toMatchObject({ status: 'succeeded', losses: 0, error: null });
    expect(b.logged.join('\n')).toMatch(/waits for room \(paper\): every machine is taken/);
    expect(b.logged.filter((line) => !line.startsWith('info'))).toEqual([]);
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
