/** What a driver of a bucket must do beyond `testStorage` when line, credentials and clock go wrong. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Storage } from '../../shared/storage/driver.ts';
import { probeStorage } from '../../shared/storage/probe.ts';
import { type BucketUnderTest, collectKeys, failure } from '../helpers/bucket/under-test.ts';
import { testAnyFaults, testLine } from './bucket-line.ts';

const says = (words: RegExp) => ({ ...failure, message: expect.stringMatching(words) });
const write = (storage: Storage) => storage.write('k', Buffer.from('v'));

const testRefusals = ({ server, open, logIn }: BucketUnderTest): void => {
  const key = server.keys.get('id')!;
  beforeEach(() => {
    logIn({ id: 'id', secret: 'secret' });
    server.keys.set('id', { ...key });
    server.clock = Date.now;
    server.policy = () => true;
  });

  test('says that there is no such bucket', async () => {
    await expect(write(open({ bucket: 'other-bucket' }))).rejects.toMatchObject(
      says(/no such bucket.*NoSuchBucket/),
    );
  });
  test('says what a credential lacks', async () => {
    const storage = open({});
    await write(storage);
    server.policy = ({ method }) => method !== 'PUT' && method !== 'GET';
    await expect(write(storage)).rejects.toMatchObject(says(/permission denied.*AccessDenied/));
    await expect(storage.read('k')).rejects.toMatchObject(says(/permission denied.*AccessDenied/));
    server.policy = () => false;
    await expect(storage.head('k')).rejects.toMatchObject(says(/permission denied/));
    await expect(collectKeys(storage)).rejects.toMatchObject(says(/permission denied.*AccessDenied/));
  });
  test('says that the access key is unknown, or its secret another', async () => {
    server.keys.set('id', { secret: 'changed' });
    await expect(write(open({}))).rejects.toMatchObject(says(/secret does not belong to the access key/));
    server.keys.delete('id');
    await expect(write(open({}))).rejects.toMatchObject(says(/does not know this access key/));
  });
  test('says that the session has expired', async () => {
    server.keys.set('id', { ...key, expired: true });
    await expect(write(open({}))).rejects.toMatchObject(says(/session credential has expired: renew it/));
    await expect(open({}).head('k')).rejects.toMatchObject(failure);
  });
  test('looks for a fresh credential when the session has expired', async () => {
    server.keys.set('session', { secret: 'a', token: 'one' });
    logIn({ id: 'session', secret: 'a', token: 'one' });
    const storage = open({});
    await write(storage);
    server.keys.set('session', { secret: 'a', token: 'one', expired: true });
    server.keys.set('next', { secret: 'b', token: 'two' });
    logIn({ id: 'next', secret: 'b', token: 'two' });
    await write(storage);
    expect(await storage.head('k')).toMatchObject({ bytes: 1 });
  });
  test('is refused by the probe where the store ignores conditions', async () => {
    server.conditions = false;
    await expect(probeStorage(open({}))).rejects.toMatchObject(
      says(/second conditional put of one key pass/),
    );
    server.conditions = true;
    await probeStorage(open({}));
  });
  test('says that nobody is there', async () => {
    await expect(write(open({ url: 'http://localhost:9' }))).rejects.toMatchObject(says(/cannot be reached/));
  });
};

const testPages = ({ server, open, prefix, manyKeys }: BucketUnderTest): void => {
  test(`lists ${manyKeys} keys page by page, and no folder markers`, async () => {
    const keys = Array.from({ length: manyKeys }, (_, i) => `many/${String(i).padStart(6, '0')}`);
    const etag = '0'.repeat(32);
    for (const key of [...keys, 'many/folder/', 'many//x'])
      server.model.objects.set(prefix + key, { bytes: Buffer.alloc(0), etag, headers: {} });
    server.model.put(`${prefix}last`, Buffer.alloc(0), {});
    server.seen.length = 0;
    let n = 0;
    for await (const { key } of open({}).list('many/')) if (key === keys[n]) n += 1;
    expect(n).toBe(manyKeys);
    expect(server.seen.length).toBe(manyKeys / 1000 + 1);
    server.model.clear();
  });
};

export const testBucket = (bucket: BucketUnderTest): void => {
  describe('over a line that breaks', () => testLine(bucket));
  describe('over any line', () => testAnyFaults(bucket));
  describe('when it is refused', () => testRefusals(bucket));
  describe('with many keys', () => testPages(bucket));
};
