import { expect, test } from 'vitest';
import { faultOf } from '../../../shared/storage/fault.ts';
import { BACKOFF, pauseOf, retrying } from '../../../shared/storage/retry.ts';

test('pauses double up to the longest, and jitter is the whole of each', () => {
  const longest = [1, 2, 3, 4, 5, 6].map((n) => pauseOf(BACKOFF, n, 1));
  expect(longest).toEqual([200, 400, 800, 1600, 3200, 5000]);
  expect([0, 0.25, 1].map((random) => pauseOf(BACKOFF, 3, random))).toEqual([0, 200, 800]);
});

test.each([
  ['SlowDown', 503, 'again'],
  ['Unheard', 502, 'again'],
  ['Throttled', 429, 'again'],
  ['ECONNRESET', undefined, 'again'],
  ['Unreadable', 200, 'again'],
  ['Unheard', 404, 'missing'],
  ['NoSuchBucket', 404, 'final'],
  ['Unheard', 403, 'final'],
  ['KMS.DisabledException', 400, 'final'],
  ['BadRequest', 400, 'expired'],
  ['UnknownError', 400, 'expired'],
  ['400', 400, 'expired'],
  ['InvalidArgument', 400, 'final'],
  ['EntityTooLarge', 400, 'final'],
] as const)('%s with status %s is %s', (code, status, kind) => {
  expect(faultOf(code, status).kind).toBe(kind);
});

test('a key that cannot be used is told from a request that is wrong', () => {
  expect(faultOf('KMS.DisabledException', 400).hint).toMatch(/encryption key/);
  expect(faultOf('InvalidArgument', 400).hint).toBe('');
});

test('an expired credential is renewed once, then given up', async () => {
  let [asked, renewed] = [0, 0];
  const retry = retrying(
    { fault: () => faultOf('ExpiredToken', 400), renew: () => void (renewed += 1) },
    { ...BACKOFF, first_ms: 1 },
  );
  const attempt = async () => {
    asked += 1;
    throw new Error('ExpiredToken: too old');
  };
  await expect(retry('read k', attempt)).rejects.toMatchObject({
    code: 'storage_failed',
    details: { reason: 'ExpiredToken' },
    message: expect.stringMatching(
      /^Cannot read k: the session credential has expired.*\(ExpiredToken: too old\)$/,
    ),
  });
  expect([asked, renewed]).toEqual([2, 1]);
});
