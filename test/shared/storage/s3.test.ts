import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parsePlace } from '../../../shared/storage/place.ts';
import { S3Options, s3Storage } from '../../../shared/storage/s3.ts';
import { faultyLine } from '../../helpers/bucket/faults.ts';
import { bucketServer } from '../../helpers/bucket/server.ts';
import { QUICK } from '../../helpers/bucket/tuning.ts';
import type { BucketUnderTest } from '../../helpers/bucket/under-test.ts';
import { testBucket } from '../../suites/bucket.ts';
import { testStorage } from '../../suites/storage.ts';

process.emitWarning = () => {}; // the SDK's, of Node's age
const logIn: BucketUnderTest['logIn'] = ({ id, secret, token }) => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', id);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', secret);
  vi.stubEnv('AWS_SESSION_TOKEN', token);
};
logIn({ id: 'id', secret: 'secret' });
const real = await bucketServer('s3', { bucket: 'ft-data' });
const server = await bucketServer('s3', { bucket: 'ft-data', minPart: 0 }); // parts are small where they are many
const line = await faultyLine(server.url);
afterAll(() => Promise.all([line, server, real].map((part) => part.close())));

const open: BucketUnderTest['open'] = ({ url = server.url, bucket = 'ft-data', tuning = QUICK }) => {
  const uri = `s3://${bucket}/team/a b?region=eu-west-1&endpoint=${encodeURIComponent(url)}`;
  const { place, options } = parsePlace(uri, S3Options);
  return s3Storage(place, options, tuning);
};

describe('storage: s3', () => {
  beforeAll(() => void (real.pageKeys = 100));
  testStorage(() => open({ url: real.url }), { keys: 250, megabytes: 20, serverIsHere: true });
});

describe('a bucket of S3', () => {
  testBucket({ server, line, open, logIn, prefix: 'team/a b/', manyKeys: 100_000 });

  test('is encrypted with the key that the store names', async () => {
    const { place, options } = parsePlace(
      `s3://ft-data?kms=alias/ft&region=eu-west-1&endpoint=${encodeURIComponent(server.url)}`,
      S3Options,
    );
    const storage = s3Storage(place, options, { ...QUICK, part_bytes: 8 });
    server.seen.length = 0;
    await storage.write('one', Buffer.from('x'));
    await storage.write('many', Buffer.from('more than eight bytes'));
    const keyed = server.seen.filter((r) => r.headers['x-amz-server-side-encryption'] === 'aws:kms');
    expect(keyed.map(({ key }) => key)).toEqual(['one', 'many']);
    expect(keyed[0]!.headers['x-amz-server-side-encryption-aws-kms-key-id']).toBe('alias/ft');
    expect(storage.tagIsDigest).toBe(false);
  });
  test('goes on with a wrong clock, which the answer of the store corrects', async () => {
    server.clock = () => Date.now() + 3_600_000;
    const storage = open({});
    await storage.write('k', Buffer.from('v'));
    expect(await storage.read('k')).toEqual(Buffer.from('v'));
    server.clock = Date.now;
  });
});
