/** The S3 driver on implementations that are not ours. `npm run test:buckets` starts them. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, describe, expect, test } from 'vitest';
import type { Storage } from '../../shared/storage/driver.ts';
import { openStorage } from '../../shared/storage/index.ts';
import { faultyLine } from '../helpers/bucket/faults.ts';
import { testStorage } from '../suites/storage.ts';

process.env['AWS_ACCESS_KEY_ID'] = 'servicekey';
process.env['AWS_SECRET_ACCESS_KEY'] = 'servicesecret';

const makeBucket = async (endpoint: string): Promise<string> => {
  const Bucket = `ft-${randomBytes(4).toString('hex')}`;
  const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket }));
  client.destroy();
  return Bucket;
};
const open = (bucket: string, endpoint: string): Storage =>
  openStorage(`s3://${bucket}/team a?region=us-east-1&endpoint=${encodeURIComponent(endpoint)}`);

const SERVERS = [
  { name: 'ceph', endpoint: process.env['CEPH_ENDPOINT'], checksSignatures: true },
  { name: 'moto', endpoint: process.env['MOTO_ENDPOINT'], checksSignatures: false },
];

const testServer = async (endpoint: string, checksSignatures: boolean): Promise<void> => {
  const bucket = await makeBucket(endpoint);
  testStorage(() => open(bucket, endpoint), { keys: 1100, megabytes: 100, checksSignatures });

  test('goes on where a stream broke off, and finds bytes that changed on the way', async () => {
    const line = await faultyLine(endpoint);
    afterAll(() => line.close());
    const storage = open(bucket, line.url);
    const bytes = randomBytes(20 * 2 ** 20);
    await storage.write('big', Readable.from([bytes.subarray(0, 9_000_000), bytes.subarray(9_000_000)]));
    const faults = ['cut', 'reset', 'cut'] as const;
    let n = 0;
    line.next = ({ method }) => (method === 'GET' ? (faults[n++] ?? null) : null);
    const chunks: Buffer[] = [];
    for await (const chunk of (await storage.stream('big'))!) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
    line.next = ({ method }) => (method === 'GET' ? 'flip' : null);
    const spoiled = (await storage.stream('big'))!.resume();
    await expect(once(spoiled, 'end')).rejects.toMatchObject({ code: 'storage_failed' });
  });
};

for (const { name, endpoint, checksSignatures } of SERVERS)
  if (endpoint === undefined) test.skip(`storage: s3 on ${name} is not started`, () => {});
  else describe(`storage: s3 on ${name}`, () => testServer(endpoint, checksSignatures));
