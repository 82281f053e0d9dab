import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkpointsOf } from '../../../gpu-worker/supervisor/checkpoints.ts';
import { restoreCheckpoint } from '../../../gpu-worker/supervisor/restore.ts';
import { patientStore } from '../../../gpu-worker/supervisor/store.ts';
import { eventWriter } from '../../../gpu-worker/supervisor/events.ts';
import { AppError } from '../../../shared/errors.ts';
import { newId } from '../../../shared/ids.ts';
import type { Storage } from '../../../shared/storage/driver.ts';
import { QUICK, tempFolder, tempStore, textOf, wrapStore } from '../../helpers/engine-store.ts';

const job = newId('ftjob-');
const run = (attempt: number) => `runs/${job}/${attempt}/`;
const storeOf = (storage: Storage) =>
  patientStore(storage, { timing: { ...QUICK, patience: 20 }, say: () => {} });
const folderOf = (step: number): string => {
  const folder = tempFolder();
  mkdirSync(join(folder, 'deep'));
  writeFileSync(join(folder, 'state.json'), `{"step":${step}}`);
  writeFileSync(join(folder, 'deep', 'values.bin'), Buffer.alloc(100, step));
  return folder;
};

/** An attempt that has put and reported checkpoints of these steps. */
const attempt = async (storage: Storage, n: number, steps: readonly number[]) => {
  const store = storeOf(storage);
  const events = eventWriter(store, {
    prefix: run(n),
    job,
    attempt: n,
    progress_ms: 1,
    now: () => 0,
    failed: () => {},
  });
  const checkpoints = checkpointsOf(store, run(n), async () => {});
  for (const step of steps) {
    const prefix = await checkpoints.put(step, folderOf(step));
    const metrics = { step, train_loss: null, full_valid_loss: null };
    await events.report({ type: 'checkpointed', step, prefix, metrics });
    await checkpoints.prune();
  }
};
const keysOf = async (storage: Storage, prefix: string) => {
  const found: string[] = [];
  for await (const { key } of storage.list(prefix)) found.push(key.slice(prefix.length));
  return found;
};
const restore = async (storage: Storage, key: string) => {
  const said: string[] = [];
  const folder = join(tempFolder(), 'resume');
  const restored = await restoreCheckpoint(storeOf(storage), key, { folder, say: (line) => said.push(line) });
  return { restored, said, folder };
};
const damage = (storage: Storage, n: number, step: number) =>
  storage.write(`${run(n)}checkpoint/${step}/deep/values.bin`, Buffer.alloc(100, 99));

const files = (step: number) => ['complete.json', 'deep/values.bin', 'state.json'].map((f) => `${step}/${f}`);

test('the newest two are kept, whole, and nothing of the others', async () => {
  const storage = tempStore();
  await attempt(storage, 1, [2, 4, 6, 8]);
  expect(await keysOf(storage, `${run(1)}checkpoint/`)).toEqual([...files(6), ...files(8)]);
});

test('complete.json comes after all files and what must not be older', async () => {
  const storage = tempStore();
  const order: string[] = [];
  const seen = wrapStore(storage, (method, key) => void (method === 'write' && order.push(key)));
  await checkpointsOf(storeOf(seen), 'r/', async () => void order.push('curve')).put(3, folderOf(3));
  expect(order).toEqual([
    'r/checkpoint/3/deep/values.bin',
    'r/checkpoint/3/state.json',
    'curve',
    'r/checkpoint/3/complete.json',
  ]);
});

test('a whole checkpoint comes back as it was put', async () => {
  const storage = tempStore();
  await attempt(storage, 1, [2, 4]);
  const { restored, said, folder } = await restore(storage, `${run(1)}checkpoint/4/`);
  expect(restored).toMatchObject({ step: 4, folder });
  expect(readFileSync(join(folder, 'deep', 'values.bin'))).toEqual(Buffer.alloc(100, 4));
  expect(said).toEqual([]);
});

test('a damaged checkpoint gives way to the one before it, in words', async () => {
  const storage = tempStore();
  await attempt(storage, 1, [2, 4]);
  await damage(storage, 1, 4);
  const { restored, said, folder } = await restore(storage, `${run(1)}checkpoint/4/`);
  expect(restored?.step).toBe(2);
  expect(readFileSync(join(folder, 'state.json'), 'utf8')).toBe('{"step":2}');
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(/step 4 cannot be used: .*values\.bin is not what was put there/);
});

test('an attempt without a whole checkpoint gives way to the attempt before it', async () => {
  const storage = tempStore();
  await attempt(storage, 1, [2, 4]);
  await attempt(storage, 2, [6]);
  await storage.remove(`${run(2)}checkpoint/6/complete.json`);
  expect((await restore(storage, `${run(2)}checkpoint/6/`)).restored?.step).toBe(4);
});

test('with no whole checkpoint left the job begins anew', async () => {
  const storage = tempStore();
  await attempt(storage, 1, [2]);
  await damage(storage, 1, 2);
  const { restored, said } = await restore(storage, `${run(1)}checkpoint/2/`);
  expect(restored).toBeNull();
  expect(said.at(-1)).toMatch(/begins at the start/);
});

test('a store that is away is no reason to begin anew', async () => {
  const storage = tempStore();
  await attempt(storage, 1, [2]);
  const away = wrapStore(storage, (method) => {
    if (method === 'stream') throw new AppError('storage_failed', 'away');
  });
  await expect(restore(away, `${run(1)}checkpoint/2/`)).rejects.toMatchObject({ code: 'storage_failed' });
});

test('a manifest that names a file elsewhere writes nothing there', async () => {
  const storage = tempStore();
  await attempt(storage, 1, [2]);
  const key = `${run(1)}checkpoint/2/complete.json`;
  const manifest = (await textOf(storage, key)).replace('state.json', '../../../state.json');
  await storage.write(key, Buffer.from(manifest));
  expect((await restore(storage, `${run(1)}checkpoint/2/`)).restored).toBeNull();
});
