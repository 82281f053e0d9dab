/** The queue, on every database. */
import { expect, test } from 'vitest';
import { type Db } from '../../shared/db/client.ts';
import {
  claimDue,
  complete,
  enqueue,
  extendLock,
  giveUp,
  nextDue,
  putOff,
  retryLater,
  unlockAll,
  wake,
} from '../../shared/db/messages.ts';

const message = (n: number, topic: 'dispatch' | 'publish' = 'publish') => ({
  id: `m${n}`,
  topic,
  body: { job: 'j' },
});
export const testMessages = (db: () => Db): void => {
  const claim = async (now_ms: number, limit = 9) =>
    (await claimDue(db(), { now_ms, limit, lock_ms: 100 })).map(({ id }) => id);

  test('messages are enqueued once and come in their order', async () => {
    await enqueue(db(), [message(1), message(2)], 0);
    await enqueue(db(), [message(2), message(3)], 0);
    await enqueue(db(), [], 0);
    expect(await claim(0)).toEqual(['m1', 'm2', 'm3']);
  });
  test('no message goes to two of many that ask at once', async () => {
    await enqueue(
      db(),
      Array.from({ length: 60 }, (_, n) => message(n)),
      0,
    );
    const got = (await Promise.all(Array.from({ length: 12 }, () => claim(0, 5)))).flat();
    expect(got).toHaveLength(60);
    expect(new Set(got).size).toBe(60);
  });
  test('a holder that died loses its message, one that renews keeps it', async () => {
    await enqueue(db(), [message(1), message(2)], 0);
    await claim(0);
    expect(await claim(99)).toEqual([]);
    await extendLock(db(), 'm2', 500);
    expect(await claim(100)).toEqual(['m1']);
  });
  test('what dead holders have is free at once, what is done stays done', async () => {
    await enqueue(db(), [message(1), message(2)], 0);
    await claim(0);
    await complete(db(), 'm1', 1);
    await unlockAll(db());
    expect(await claim(1)).toEqual(['m2']);
  });
  test('done, dead, later and put off', async () => {
    await enqueue(
      db(),
      [1, 2, 3, 4].map((n) => message(n)),
      0,
    );
    await claim(0);
    await complete(db(), 'm1', 1);
    await giveUp(db(), 'm2', 1, 'hopeless');
    await retryLater(db(), 'm3', { at_ms: 50, error: 'not now' });
    await putOff(db(), 'm4', 60);
    expect(await nextDue(db())).toBe(50);
    expect(await claim(49)).toEqual([]);
    const later = await claimDue(db(), { now_ms: 1e6, limit: 9, lock_ms: 100 });
    expect(later.map(({ id, attempts, last_error }) => [id, attempts, last_error])).toEqual([
      ['m3', 2, 'not now'],
      ['m4', 1, null],
    ]);
    expect(await nextDue(db())).toBe(1e6 + 100);
    await enqueue(db(), [message(1), message(2)], 0);
    expect(await claim(0)).toEqual([]);
  });
  test('nothing is due where nothing waits', async () => {
    expect(await nextDue(db())).toBeNull();
  });
  test('waking passes over what failed', async () => {
    await enqueue(db(), [message(1, 'dispatch'), message(2, 'dispatch')], 0);
    await claim(0);
    await putOff(db(), 'm1', 900);
    await retryLater(db(), 'm2', { at_ms: 900, error: 'x' });
    await wake(db(), 'dispatch');
    expect(await claim(1)).toEqual(['m1']);
  });
};
