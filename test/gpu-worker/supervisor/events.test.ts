import { expect, test } from 'vitest';
import { eventWriter, type Draft } from '../../../gpu-worker/supervisor/events.ts';
import { patientStore } from '../../../gpu-worker/supervisor/store.ts';
import type { Progress } from '../../../shared/contracts/event.ts';
import { newId } from '../../../shared/ids.ts';
import type { Storage } from '../../../shared/storage/driver.ts';
import { AppError } from '../../../shared/errors.ts';
import { eventsOf, QUICK, tempStore, wrapStore } from '../../helpers/engine-store.ts';

const job = newId('ftjob-');
const prefix = `runs/${job}/2/`;
const writerOn = (storage: Storage, patience: number = QUICK.patience) => {
  const failures: unknown[] = [];
  const store = patientStore(storage, { timing: { ...QUICK, patience }, say: () => {} });
  const failed = (error: unknown) => failures.push(error);
  return {
    ...eventWriter(store, { prefix, job, attempt: 2, progress_ms: 60, now: Date.now, failed }),
    failures,
  };
};
const started: Draft = { type: 'started', machine: 'm', engine: 'onnx', resumed_from_step: null };
const evaluated = (message: string): Draft => ({ type: 'evaluated', verdict: 'worse', message });
const at = (step: number, phase: Progress['phase'] = 'train'): Progress => ({
  phase,
  step,
  steps: 9,
  epoch: 0,
  loss: 1,
  eval_loss: null,
  eta_seconds: null,
  tokens_per_second: null,
});
const down = () => {
  throw new AppError('storage_failed', 'The store is away');
};

test('events are numbered from one in the order they were reported', async () => {
  const storage = tempStore();
  const { report } = writerOn(storage);
  await Promise.all([report(started), report(evaluated('a')), report({ type: 'paused' })]);
  const events = await eventsOf(storage.root, storage, prefix);
  expect(events.map(({ id, type }) => `${id} ${type}`)).toEqual([
    `${job}.2.1 started`,
    `${job}.2.2 evaluated`,
    `${job}.2.3 paused`,
  ]);
});

test('a store that fails now and then, and loses answers, leaves no gap and no double', async () => {
  const storage = tempStore();
  let calls = 0;
  const flaky = wrapStore(storage, (method) => {
    if (method !== 'create') return undefined;
    calls += 1;
    if (calls % 3 === 1) down();
    return calls % 3 === 2 ? 'lost' : undefined;
  });
  const { report } = writerOn(flaky);
  await Promise.all(['a', 'b', 'c', 'd'].map((m) => report(evaluated(m))));
  const events = await eventsOf(storage.root, storage, prefix);
  expect(events.map((e) => e.type === 'evaluated' && e.message)).toEqual(['a', 'b', 'c', 'd']);
});

test('an event that was given up does not take its number with it', async () => {
  const storage = tempStore();
  let away = true;
  const { report } = writerOn(
    wrapStore(storage, (method) => (away && method === 'create' ? down() : undefined)),
    0,
  );
  await expect(report(evaluated('lost'))).rejects.toMatchObject({ code: 'storage_failed' });
  away = false;
  await report(evaluated('next'));
  const events = await eventsOf(storage.root, storage, prefix);
  expect(events).toMatchObject([{ id: `${job}.2.1`, message: 'next' }]);
});

test('an event that was given up but had arrived keeps its number, and the next one follows', async () => {
  const storage = tempStore();
  let losing = true;
  const { report } = writerOn(
    wrapStore(storage, (method) => (losing && method === 'create' ? 'lost' : undefined)),
    0,
  );
  await expect(report(evaluated('arrived'))).rejects.toMatchObject({ code: 'storage_failed' });
  losing = false;
  await report(evaluated('next'));
  expect(await eventsOf(storage.root, storage, prefix)).toMatchObject([
    { message: 'arrived' },
    { message: 'next' },
  ]);
});

test('another writer of the same attempt is noticed, and its event is left alone', async () => {
  const storage = tempStore();
  await writerOn(storage).report(evaluated('theirs'));
  await expect(writerOn(storage).report(evaluated('mine'))).rejects.toMatchObject({
    code: 'illegal_transition',
  });
  expect(await eventsOf(storage.root, storage, prefix)).toMatchObject([{ message: 'theirs' }]);
});

test('of much progress one event a while is written, the latest, and a change of phase at once', async () => {
  const storage = tempStore();
  const writer = writerOn(storage);
  for (let step = 1; step <= 5; step++) writer.progress(at(step));
  await new Promise((resolve) => setTimeout(resolve, 90)); // one time of 60 ms and a half
  writer.progress(at(6));
  writer.progress(at(7));
  writer.progress(at(7, 'save'));
  await writer.close();
  writer.progress(at(8, 'evaluate_tuned'));
  await writer.report({ type: 'cancelled' });
  const seen = (await eventsOf(storage.root, storage, prefix)).map((e) =>
    e.type === 'progressed' ? `${e.progress.phase} ${e.progress.step}` : e.type,
  );
  expect(seen).toEqual(['train 1', 'train 5', 'train 7', 'save 7', 'cancelled']);
  expect(writer.failures).toEqual([]);
});
