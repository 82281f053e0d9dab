import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ingest } from '../../functions/ingest.ts';
import { openDatabase } from '../../shared/db/client.ts';
import { claimDue } from '../../shared/db/messages.ts';
import { fsStorage } from '../../shared/storage/fs.ts';
import { faq } from '../helpers/control-plane.ts';
import { temporary } from '../helpers/database.ts';
import { runService, until } from '../helpers/service.ts';

describe('a service that stops while a worker is at work', () => {
  test(
    'finds its job again: the worker went on, and nothing is told twice',
    { timeout: 120_000 },
    async () => {
      const home = temporary('e2e');
      const worker = { STAND_IN_STEPS: '8', STAND_IN_STEP_MS: '500' };
      const before = await runService(home, { worker });
      before.drop('acme/faq.jsonl', faq());
      const { job } = await before.outcome('acme/faq', 'running');
      await expect(runService(home)).rejects.toMatchObject({ code: 'store_locked' });
      await before.service.close();
      await expect(fetch(`${before.service.url}/healthz`)).rejects.toThrow('fetch failed');

      const after = await runService(home, { worker });
      try {
        expect(after.service.key).toBe(before.service.key);
        expect([before.service.keyMadeAt, after.service.keyMadeAt]).toEqual([`${home}/admin.key`, null]);
        expect(await after.outcome('acme/faq')).toMatchObject({ job, status: 'succeeded' });
        const seen = await after.client.job(String(job));
        expect(seen).toMatchObject({ x_attempt: 1, x_losses: 0 });
        const events = (await after.client.events(String(job), { limit: 100 })).data.map(
          ({ x_event }) => x_event,
        );
        expect(events.filter((type) => type === 'progressed').length).toBe(8);
        expect(events.filter((type) => type === 'succeeded')).toHaveLength(1);
        await until(
          async () => ((await after.client.jobs({ limit: 9 })).data.length === 1 ? true : null),
          'one job',
        );
      } finally {
        await after.service.close();
      }
    },
  );
});

describe('a service that was killed while it held a message', () => {
  test('goes on with it at once when it is started again', { timeout: 120_000 }, async () => {
    const home = temporary('e2e');
    const { db, close } = await openDatabase({ folder: home });
    const hour = 3_600_000;
    const storage = fsStorage({ root: join(home, 'bucket') });
    await storage.write('inbox/acme/faq.jsonl', Buffer.from(faq()));
    const settings = { webhook_secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', webhook_url: null };
    const deps = { db, storage, settings, now: Date.now, log: () => undefined };
    const key = 'inbox/acme/faq.jsonl';
    expect(await ingest(deps, { store: storage.uri, key })).toMatchObject({ kind: 'job' });
    expect(await claimDue(db, { now_ms: Date.now(), limit: 9, lock_ms: hour })).not.toEqual([]);
    await close();

    const { outcome, service } = await runService(home);
    try {
      expect(await outcome('acme/faq')).toMatchObject({ status: 'succeeded' });
    } finally {
      await service.close();
    }
  });
});
