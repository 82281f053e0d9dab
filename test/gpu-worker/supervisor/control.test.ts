import { expect, test } from 'vitest';
import { watchControl } from '../../../gpu-worker/supervisor/control.ts';
import { runKeys } from '../../../shared/keys.ts';
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
