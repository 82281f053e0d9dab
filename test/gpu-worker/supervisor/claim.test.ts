import { expect, test } from 'vitest';
import { claimRun } from '../../../gpu-worker/supervisor/claim.ts';
import { patientStore } from '../../../gpu-worker/supervisor/store.ts';
import type { Storage } from '../../../shared/storage/driver.ts';
import { QUICK, tempStore, textOf, wrapStore } from '../../helpers/engine-store.ts';

const claim = (token: string) => ({ token, machine: 'm', at_ms: 1 });
const storeOf = (storage: Storage) => patientStore(storage, { timing: QUICK, say: () => {} });

test('of many workers that claim one attempt, one has it', async () => {
  const storage = tempStore();
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, i) => claimRun(storeOf(storage), 'runs/j/1/', claim(`t${i}`))),
  );
  expect(answers.filter(Boolean)).toHaveLength(1);
  const { token } = JSON.parse(await textOf(storage, 'runs/j/1/claim'));
  expect(answers[Number(token.slice(1))]).toBe(true);
});

test('a claim whose answer was lost is still the own', async () => {
  const storage = tempStore();
  let lost = 0;
  const flaky = wrapStore(storage, (method) => (method === 'create' && lost++ === 0 ? 'lost' : undefined));
  expect(await claimRun(storeOf(flaky), '', claim('mine'))).toBe(true);
  expect(await claimRun(storeOf(storage), '', claim('other'))).toBe(false);
});

test('a store that ignores conditional puts is refused', async () => {
  const storage = tempStore();
  const careless = {
    ...storage,
    create: async (key: string, body: Uint8Array) => (await storage.write(key, body), true),
  };
  await expect(claimRun(storeOf(careless), '', claim('t'))).rejects.toMatchObject({ code: 'storage_failed' });
});
