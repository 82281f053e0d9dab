import { describe, expect, test } from 'vitest';
import { ingest } from '../../functions/ingest.ts';
import { listJobs } from '../../shared/db/jobs.ts';
import { bench, faq, put, settle } from '../helpers/control-plane.ts';

const b = await bench();

describe('notifications', () => {
  test('ten of one object, at once and again later, make one job', async () => {
    const event = put(b, 'faq.jsonl', faq());
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => ingest(b.deps, event)));
    expect(outcomes.filter(({ kind }) => kind === 'job')).toHaveLength(1);
    expect(outcomes.filter(({ kind }) => kind === 'duplicate')).toHaveLength(9);
    await settle(b.deps);
    expect((await ingest(b.deps, event)).kind).toBe('duplicate');
    const { data } = await listJobs(b.deps.db, { limit: 10 });
    expect(data.map(({ status }) => status)).toEqual(['succeeded']);
  });

  test('one of an object that is not there makes nothing, and says so', async () => {
    const before = (await listJobs(b.deps.db, { limit: 10 })).data.length;
    const event = { store: b.deps.storage.uri, key: 'inbox/acme/ghost.jsonl' };
    expect(await ingest(b.deps, event)).toEqual({
      kind: 'ignored',
      why: expect.stringContaining('no such object'),
    });
    expect((await listJobs(b.deps.db, { limit: 10 })).data).toHaveLength(before);
  });
});
