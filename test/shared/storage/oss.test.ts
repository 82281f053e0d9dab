import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { OssOptions, ossStorage } from '../../../shared/storage/oss.ts';
import { parsePlace } from '../../../shared/storage/place.ts';
import { faultyLine } from '../../helpers/bucket/faults.ts';
import { bucketServer } from '../../helpers/bucket/server.ts';
import { QUICK } from '../../helpers/bucket/tuning.ts';
import type { BucketUnderTest } from '../../helpers/bucket/under-test.ts';
import { testBucket } from '../../suites/bucket.ts';
import { testStorage } from '../../suites/storage.ts';

vi.stubEnv('ALIBABA_CLOUD_ECS_METADATA_DISABLED', 'true'); // nobody to ask here
const logIn: BucketUnderTest['logIn'] = ({ id, secret, token }) => {
  vi.stubEnv('ALIBABA_CLOUD_ACCESS_KEY_ID', id);
  vi.stubEnv('ALIBABA_CLOUD_ACCESS_KEY_SECRET', secret);
  vi.stubEnv('ALIBABA_CLOUD_SECURITY_TOKEN', token);
};
logIn({ id: 'id', secret: 'secret' });
const real = await bucketServer('oss', { bucket: 'ft-data' });
const server = await bucketServer('oss', { bucket: 'ft-data', minPart: 0 }); // parts are small where they are many
const line = await faultyLine(server.url);
afterAll(() => Promise.all([line, server, real].map((part) => part.close())));

const openAs =
  (signature: 'v1' | 'v4'): BucketUnderTest['open'] =>
  ({ url = server.url, bucket = 'ft-data', tuning = QUICK }) => {
    const query = `path_style=true&signature=${signature}&endpoint=${encodeURIComponent(url)}`;
    const { place, options } = parsePlace(`oss://${bucket}/team/a b?${query}`, OssOptions);
    return ossStorage(place, options, tuning);
  };
const open = openAs('v4');

describe.each(['v4', 'v1'] as const)('storage: oss, signatures of %s', (version) => {
  beforeAll(() => void (real.pageKeys = 100));
  testStorage(() => openAs(version)({ url: real.url }), { keys: 250, megabytes: 20, serverIsHere: true });
});

describe('a bucket of OSS', () => {
  testBucket({ server, line, open, logIn, prefix: 'team/a b/', manyKeys: 10_000 });

  test('is encrypted with the key that the store names', async () => {
    const { place, options } = parsePlace(
      `oss://ft-data?kms=key-1&path_style=true&endpoint=${encodeURIComponent(server.url)}`,
      OssOptions,
    );
    const storage = ossStorage(place, options, { ...QUICK, part_bytes: 8 });
    server.seen.length = 0;
    await storage.write('one', Buffer.from('x'));
    await storage.write('many', Buffer.from('more than eight bytes'));
    const keyed = server.seen.filter((r) => r.headers['x-oss-server-side-encryption'] === 'KMS');
    expect(keyed.map(({ key }) => key)).toEqual(['one', 'many']);
    expect(keyed[0]!.headers['x-oss-server-side-encryption-key-id']).toBe('key-1');
  });
  test('renews a session token before it ends', async () => {
    let n = 0;
    // a role's tokens, each good only until the next is asked for
    const role = createServer((_, response) => {
      n += 1;
      server.keys.clear();
      server.keys.set(`STS.${n}`, { secret: `s${n}`, token: `t${n}` });
      const Expiration = new Date(Date.now() + 600_000).toISOString();
      const key = { AccessKeyId: `STS.${n}`, AccessKeySecret: `s${n}`, SecurityToken: `t${n}`, Expiration };
      response.end(JSON.stringify({ Code: 'Success', ...key }));
    });
    role.listen(0, '127.0.0.1');
    await once(role, 'listening');
    logIn({ id: '', secret: '' });
    const { port } = role.address() as AddressInfo;
    vi.stubEnv('ALIBABA_CLOUD_CREDENTIALS_URI', `http://127.0.0.1:${port}/`);
    const storage = open({});
    for (let i = 0; i < 4; i++) await storage.write('k', Buffer.from(`${i}`));
    expect(Buffer.from((await storage.read('k'))!).toString()).toBe('3');
    const tokens = server.seen.map(({ headers }) => headers['x-oss-security-token']);
    expect(new Set(tokens.slice(-5)).size).toBe(5);
    role.close();
  });
  test('says that there is no credential', async () => {
    logIn({ id: '', secret: '' });
    vi.stubEnv('ALIBABA_CLOUD_CREDENTIALS_URI', '');
    await expect(open({}).read('k')).rejects.toThrow(/no credential was found: set the variables/);
    logIn({ id: 'id', secret: 'secret' });
    server.keys.set('id', { secret: 'secret' });
  });
  test('says that the clock is wrong', async () => {
    server.clock = () => Date.now() + 3_600_000;
    await expect(open({}).write('k', Buffer.from('v'))).rejects.toThrow(/clock of this machine is wrong/);
    server.clock = Date.now;
  });
});
