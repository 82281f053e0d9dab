import { expect, test } from 'vitest';
import type { Deps } from '../../functions/deps.ts';
import { ingest } from '../../functions/ingest.ts';
import { sweep } from '../../functions/sweep.ts';
import { historyOf } from '../../shared/db/events.ts';
import { findJob, listJobs } from '../../shared/db/jobs.ts';
import { claimDue } from '../../shared/db/messages.ts';
import { bench, drop, faq, put, readJson, settle, WHOLE } from '../helpers/control-plane.ts';

/** The same dependencies until the `n`-th effect: it does not happen, and the process does nothing more. */
const dyingAt = (deps: Deps, n: number): { deps: Deps; died: () => boolean } => {
  let effects = 0;
  const step = () => {
    effects += 1;
    if (effects >= n) throw new Error('the process is dead');
  };
  const guarded = <T extends object>(target: T, ...names: (keyof T)[]): T =>
    new Proxy(target, {
      get: (from, name) => {
        const value: unknown = Reflect.get(from, name);
        if (typeof value !== 'function') return value;
        return (...given: unknown[]): unknown => {
          if (names.includes(name as keyof T)) step();
          else if (effects >= n) throw new Error('the process is dead');
          return Reflect.apply(value, from, given);
        };
      },
    });
  return {
    deps: {
      ...deps,
      db: guarded(deps.db, 'transaction', 'insert', 'update', 'delete'),
      storage: guarded(deps.storage, 'write', 'create', 'remove'),
      launcher: guarded(deps.launcher, 'launch'),
    },
    died: () => effects >= n,
  };
};

const ONCE = ['created', 'validated', 'queued', 'succeeded'];

test(
  'a crash before any effect of any station is made good by the sweep: one job, one model, no event twice',
  { timeout: 240_000 },
  async () => {
    let n = 1;
    for (let alive = false; !alive; n += 4) {
      const b = await bench([WHOLE], 1);
      const event = put(b, 'faq.jsonl', faq(30));
      const crashing = dyingAt(b.deps, n);
      await ingest(crashing.deps, event)
        .then(() => settle(crashing.deps))
        .catch(() => undefined);
      alive = !crashing.died();

      for (let round = 0; round < 8; round++) {
        await settle(b.deps);
        await sweep(b.deps);
        b.clock.ms += 61_000;
      }
      const { data } = await listJobs(b.deps.db, { limit: 9 });
      expect(data, `died at effect ${n}: ${b.logged.join('\n')}`).toMatchObject([{ status: 'succeeded' }]);
      const types = (await historyOf(b.deps.db, data[0]!.id)).map(({ type }) => type);
      for (const type of ONCE)
        expect(
          types.filter((t) => t === type),
          `${type}, died at effect ${n}`,
        ).toHaveLength(1);
      const models = [];
      for await (const { key } of b.deps.storage.list('models/')) models.push(key);
      expect(models).toHaveLength(1);
      expect(await readJson(b.deps.storage, 'outbox/acme/faq/status.json')).toMatchObject({
        status: 'succeeded',
        files: expect.arrayContaining(['report.html']),
      });
    }
    expect(n).toBeGreaterThan(40);
  },
);

test('work that ends its process every time is given up, and its job says why', async () => {
  const b = await bench();
  const { deps, clock } = b;
  const job = await drop(b);
  // out of memory, or of a function's time: whoever takes the message is heard of no more
  for (let n = 0; n < 12; n++) {
    const taken = await claimDue(deps.db, { now_ms: clock.ms, limit: 8, lock_ms: 60_000 });
    expect(taken.map(({ topic }) => topic)).toContain('validate');
    clock.ms += 61_000;
  }
  await settle(deps);
  expect(await findJob(deps.db, job)).toMatchObject({
    status: 'failed',
    error: {
      code: 'internal',
      message: 'validate was begun 12 times, and its process ended each time',
      hint: expect.stringMatching(/memory|time/),
    },
  });
});
