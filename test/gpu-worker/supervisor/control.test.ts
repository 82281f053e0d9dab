import { expect, test } from 'vitest';
import { watchControl } from '../../../gpu-worker/supervisor/control.ts';
import { runKeys } from '../../../shared/keys.ts';
import type { Storage } from '../../../shared/storage/driver.ts';
import { putJson, tempStore, until, wrapStore } from '../../helpers/engine-store.ts';

const KEY = runKeys.control('r/');

test('a control is read once for every change of it, and a broken one again and again', async () => {
  const storage = tempStore();
  const calls = { head: 0, read: 0 };
  const counted = wrapStore(storage, (method) => {
    if (method === 'head' || method === 'read') calls[method] += 1;
  });
  const wants: string[] = [];
  const errors: unknown[] = [];
  const ticker = watchControl(counted, 'r/', {
    every_ms: 5,
    wants: (want) => wants.push(want),
    failed: (error) => errors.push(error),
  });
  await until(() => calls.head > 3);
  expect(calls.read).toBe(0);

  await putJson(storage, KEY, { rev: 1, want: 'run' });
  await until(() => wants.length === 1);
  const { head } = calls;
  await until(() => calls.head > head + 3);
  expect(calls.read).toBe(1);

  await storage.write(KEY, Buffer.from('{"rev":'));
  await until(() => errors.length > 1);
  await putJson(storage, KEY, { rev: 3, want: 'cancel' });
  await until(() => wants.length === 2);
  await ticker.stop();
  expect(wants).toEqual(['run', 'cancel']);
});

test('a control that is replaced between the question for its tag and its reading is told once', async () => {
  const storage = tempStore();
  await putJson(storage, KEY, { rev: 1, want: 'run' });
  let heads = 0;
  const replacing: Storage = {
    ...storage,
    head: async (key) => {
      const info = await storage.head(key);
      heads += 1;
      if (heads === 1) await putJson(storage, KEY, { rev: 2, want: 'cancel' });
      return info;
    },
  };
  const wants: string[] = [];
  const ticker = watchControl(replacing, 'r/', {
    every_ms: 5,
    wants: (want) => wants.push(want),
    failed: (error) => expect.unreachable(String(error)),
  });
  await until(() => heads > 4);
  await ticker.stop();
  expect(wants).toEqual(['cancel']);
});
