import { describe, expect, test } from 'vitest';
import { oomKills } from '../../gpu-worker/supervisor/oom.ts';
import { runKeys } from '../../shared/keys.ts';
import { objectUri } from '../../shared/storage/index.ts';
import { makeRun, startWorker } from '../helpers/engine-run.ts';
import { textOf, until } from '../helpers/engine-store.ts';
import {
  control,
  eventsIn,
  lastIn,
  logOf,
  stepsIn,
  traced,
  traceOf,
  typesIn,
} from '../helpers/engine-view.ts';

/** A download of which nothing comes. */
const stuck = () => new Promise<never>(() => {});

describe('a run that is stopped', () => {
  test('pauses after the step under way, its checkpoint whole, and goes on from there with a whole curve', async () => {
    const run = await makeRun();
    const first = startWorker(run, { fake: { steps: 40, step_ms: 30 } });
    await until(async () => (await textOf(run.storage, runKeys.metrics(run.prefix()))) !== '');
    await control(run, 'pause');
    expect(await first.outcome).toBe('paused');
    const events = await eventsIn(run);
    expect(events.at(-1)?.type).toBe('paused');
    const checkpoint = events.findLast((event) => event.type === 'checkpointed')!;
    expect(await stepsIn(run)).toEqual(Array.from({ length: checkpoint.step }, (_, i) => i + 1));

    await run.putSpec(2, { resume_from: objectUri(run.storage, checkpoint.prefix) });
    const trace = traced();
    const second = startWorker(run, { attempt: 2, fake: { steps: checkpoint.step + 5, trace } });
    expect(await second.outcome).toBe('succeeded');
    expect(traceOf(trace)).toMatch(new RegExp(`^begin ${checkpoint.step} `));
    expect((await eventsIn(run, 2))[0]).toMatchObject({
      type: 'started',
      resumed_from_step: checkpoint.step,
    });
    expect(await stepsIn(run, 2)).toEqual(Array.from({ length: checkpoint.step + 5 }, (_, i) => i + 1));
  });

  test('by a signal leaves a checkpoint and no last event, so that it is found lost', async () => {
    const run = await makeRun();
    const { outcome, stop } = startWorker(run, { fake: { steps: 1_000, step_ms: 10 } });
    await until(async () => (await textOf(run.storage, runKeys.metrics(run.prefix()))) !== '');
    stop.ask('shutdown');
    expect(await outcome).toBe('stopped');
    const types = await typesIn(run);
    expect(types.at(-1)).toBe('checkpointed');
    expect(types).not.toContain('paused');
  });

  test('by a kill of its engine alone is no failure where the system says that memory was not why', async () => {
    const run = await makeRun();
    const { outcome } = startWorker(run, { fake: { die_at: 3, how: 'kill' } });
    expect(await outcome).toBe(oomKills() === null ? 'failed' : 'stopped');
    expect(await logOf(run)).toContain('The engine was ended by SIGKILL');
    expect(await stepsIn(run)).toEqual([1, 2]);
  });

  test('by a cancel is cancelled', async () => {
    const run = await makeRun();
    const { outcome } = startWorker(run, { fake: { steps: 1_000, step_ms: 10 } });
    await until(async () => (await textOf(run.storage, runKeys.event(run.prefix(), 1))) !== '');
    await control(run, 'cancel');
    expect(await outcome).toBe('cancelled');
    expect((await lastIn(run))?.type).toBe('cancelled');
  });

  test('by a cancel that its engine does not hear is killed after the time of grace', async () => {
    const run = await makeRun();
    const trace = traced();
    const { outcome } = startWorker(run, { fake: { die_at: 2, how: 'hang', trace } });
    await until(() => traceOf(trace).includes('hanging'));
    const pid = Number(/begin 0 (\d+)/.exec(traceOf(trace))![1]);
    await control(run, 'cancel');
    expect(await outcome).toBe('cancelled');
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  });

  test('while it is being prepared is paused at once, without an engine', async () => {
    const run = await makeRun();
    await control(run, 'pause');
    const trace = traced();
    const storage = { ...run.storage, stream: stuck };
    expect(await startWorker({ ...run, storage }, { fake: { trace } }).outcome).toBe('paused');
    expect(await typesIn(run)).toEqual(['started', 'paused']);
    expect(traceOf(trace)).toBe('');
  });
});
