import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { receive } from '../../functions/receive.ts';
import { listJobs } from '../../shared/db/jobs.ts';
import { historyOf } from '../../shared/db/events.ts';
import { jsonBytes } from '../../shared/json.ts';
import { keys, runKeys } from '../../shared/keys.ts';
import { bench, type Bench, faq, put, settle } from '../helpers/control-plane.ts';
import { empty } from '../helpers/database.ts';
import { ROADS, sqsOf } from '../helpers/events.ts';
import { eventsOf } from '../helpers/jobs.ts';

const BUCKET = 'ft-datasets';
/** The bench's folder as if it were a part of a bucket. */
const onBucket = async (...stories: Parameters<typeof bench>): Promise<Bench> => {
  const b = await bench(...stories);
  return {
    ...b,
    deps: { ...b.deps, storage: { ...b.deps.storage, uri: `s3://${BUCKET}/all?region=us-east-1` } },
  };
};
const jobs = async (b: Bench) => (await listJobs(b.deps.db, { limit: 99 })).data;

/** A delivery of what is at the path now, on some road. */
const delivery = (path: string, etag: string, road: string) =>
  ROADS[road]!({ bucket: BUCKET, key: `all/${keys.inbox('acme', path)}`, etag, bytes: 1 });

describe('deliveries', () => {
  test('in any order, on any roads, any number of times: one job for each version of an object', async () => {
    const b = await onBucket();
    const { db } = b.deps;
    const step = fc.record({
      path: fc.constantFrom('a b+1.jsonl', 'c%2Bd.jsonl'),
      version: fc.nat(2),
      roads: fc.array(fc.constantFrom(...Object.keys(ROADS)), { minLength: 1, maxLength: 3 }),
      /** of an earlier version, which only now comes in */
      late: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        async (steps, together) => {
          await empty(db);
          const seen = new Set<string>();
          for (const { path, version, roads, late } of steps) {
            put(b, path, faq(20, `${path} ${version}`));
            seen.add(`${path} ${version}`);
            const payloads = roads.map((road) => delivery(path, late ? 'older' : `v${version}`, road));
            if (together) await Promise.all(payloads.map((payload) => receive(b.deps, payload)));
            else for (const payload of payloads) await receive(b.deps, payload);
          }
          expect(await jobs(b)).toHaveLength(seen.size);
        },
      ),
      { numRuns: 8 },
    );
  });

  test('of a file that is replaced before it is read train on the newer bytes once, under their own name', async () => {
    const b = await onBucket();
    Object.assign(b.deps.storage, { tagIsDigest: true });
    Object.assign(b.deps.launcher, { launch: async () => ({ kind: 'launched', machine: 'silent' }) });
    put(b, 'faq.jsonl', faq(20, 'old'));
    await receive(b.deps, delivery('faq.jsonl', 'v0', 's3'));
    put(b, 'faq.jsonl', faq(20, 'new'));
    await receive(b.deps, delivery('faq.jsonl', 'v1', 's3'));
    await settle(b.deps);
    const ended = (await jobs(b)).map(({ status, error }) => `${status}: ${error?.message}`);
    expect(ended.toSorted()).toEqual([
      'failed: inbox/acme/faq.jsonl was replaced before it was read: what lies there now is another job',
      'starting: undefined',
    ]);
  });

  test('of a key that a source encodes although nobody said so', async () => {
    const b = await onBucket();
    put(b, 'a b.jsonl', faq());
    expect(await receive(b.deps, delivery('a+b.jsonl', 'e', 'oss'))).toMatchObject([
      { key: 'inbox/acme/a+b.jsonl', outcome: { kind: 'job', job: { name: 'a b' } } },
    ]);
    put(b, 'a+b.jsonl', faq(30));
    expect(await receive(b.deps, delivery('a+b.jsonl', 'e', 'oss'))).toMatchObject([
      { outcome: { kind: 'job', job: { name: 'a+b' } } },
    ]);
  });

  test('of what is gone, and of folders and files of our own, start nothing', async () => {
    const b = await onBucket();
    const told = await receive(b.deps, [
      delivery('gone.jsonl', 'e', 's3'),
      delivery('folder/', 'e', 's3'),
      ROADS['s3']!({ bucket: BUCKET, key: 'all/outbox/acme/faq/status.json', etag: 'e', bytes: 1 }),
    ]);
    expect(told.map(({ outcome }) => outcome)).toEqual([
      { kind: 'ignored', why: 'there is no such object (any more)' },
      { kind: 'ignored', why: 'it is a folder' },
      { kind: 'ignored', why: 'the service has written it itself' },
    ]);
    expect(await jobs(b)).toEqual([]);
  });

  test('of an event file of a run read the run, in its own order', async () => {
    const b = await onBucket();
    Object.assign(b.deps.launcher, { launch: async () => ({ kind: 'launched', machine: 'silent' }) });
    put(b, 'faq.jsonl', faq());
    await receive(b.deps, delivery('faq.jsonl', 'e', 'minio'));
    await settle(b.deps);
    const [job] = await jobs(b);
    expect(job).toMatchObject({ status: 'starting', attempt: 1 });
    const events = eventsOf(job!);
    const prefix = keys.run(job!.id, 1);
    const tell = (n: number) =>
      receive(
        b.deps,
        ROADS['ceph']!({ bucket: BUCKET, key: `all/${runKeys.event(prefix, n)}`, etag: 'e', bytes: 1 }),
      );
    for (const [n, event] of [events.started, events.progressed].entries())
      await b.deps.storage.write(runKeys.event(prefix, n + 1), jsonBytes(event));
    expect(await tell(2)).toMatchObject([{ outcome: { kind: 'reported', job: job!.id, events: 2 } }]);
    expect(await tell(1)).toMatchObject([{ outcome: { kind: 'reported', events: 0 } }]);
    expect((await historyOf(b.deps.db, job!.id)).map(({ type }) => type).slice(-2)).toEqual([
      'started',
      'progressed',
    ]);
  });

  test('of several objects are worked through, and come again where one of them failed', async () => {
    const b = await onBucket();
    for (const path of ['1.jsonl', '2.jsonl', '3.jsonl']) put(b, path, faq(20, path));
    const { storage } = b.deps;
    const flaky = {
      ...storage,
      head: (key: string) =>
        key.endsWith('2.jsonl') ? Promise.reject(new Error('reset')) : storage.head(key),
    };
    const payload = sqsOf(...['1', '2', '3'].map((n) => JSON.stringify(delivery(`${n}.jsonl`, 'e', 's3'))));
    await expect(receive({ ...b.deps, storage: flaky }, payload)).rejects.toThrow('reset');
    expect((await jobs(b)).map(({ name }) => name).toSorted()).toEqual(['1', '3']);
    const again = await receive(b.deps, payload);
    expect(again.map(({ outcome }) => outcome.kind)).toEqual(['duplicate', 'job', 'duplicate']);
    expect(await jobs(b)).toHaveLength(3);
  });
});
