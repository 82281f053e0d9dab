import { expect, test } from 'vitest';
import { inboxWatcher, watchEvery } from '../../../functions/entries/service/watch.ts';
import { listJobs } from '../../../shared/db/jobs.ts';
import { bench, faq, put } from '../../helpers/control-plane.ts';

const names = async ({ deps }: Awaited<ReturnType<typeof bench>>) =>
  (await listJobs(deps.db, { limit: 9 })).data.map(({ name }) => name).toSorted();

test('in a folder a file counts once it lies unchanged', async () => {
  const b = await bench();
  const look = inboxWatcher(b.deps);
  put(b, 'a.jsonl', faq(20));
  await look();
  put(b, 'a.jsonl', faq(30));
  await look();
  expect(await names(b)).toEqual([]);
  await look();
  expect(await names(b)).toEqual(['a']);
  await look();
  expect(await names(b)).toHaveLength(1);
});

test('in a bucket an object is whole when it is seen: one look finds what no event told of, and looks are rare', async () => {
  const b = await bench();
  const deps = { ...b.deps, storage: { ...b.deps.storage, growing: false } };
  const look = inboxWatcher(deps);
  put(b, 'a.jsonl', faq(20));
  await look();
  expect(await names(b)).toEqual(['a']);
  put(b, 'b.jsonl', faq(30));
  await look();
  await look();
  expect(await names(b)).toEqual(['a', 'b']);
  expect(watchEvery(deps.storage)).toBeGreaterThan(10 * watchEvery(b.deps.storage));
});
