/** The whole service on a bucket: a drop, a real worker with the tiny base, the adapter beside it; nothing in a folder. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readEnv } from '../../functions/entries/env.ts';
import { type Service, startService } from '../../functions/entries/node.ts';
import { openStorage } from '../../shared/storage/index.ts';
import { type BucketServer, bucketServer } from '../helpers/bucket/server.ts';
import { faq } from '../helpers/control-plane.ts';
import { temporary } from '../helpers/database.ts';
import { endIn } from '../helpers/service.ts';

const RECIPE = `base: nano
training: { n_epochs: 1, batch_size: 8, max_length: 128 }
evaluation: { max_new_tokens: 4, samples: 2 }
`;
const CLOUDS = {
  s3: {
    query: 'region=eu-west-1',
    login: { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' },
  },
  oss: {
    query: 'path_style=true',
    login: { ALIBABA_CLOUD_ACCESS_KEY_ID: 'id', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'secret' },
  },
} as const;

export const testJobOnBucket = (cloud: keyof typeof CLOUDS): void => {
  const { query, login } = CLOUDS[cloud];
  const home = temporary(`bucket-${cloud}`);
  let server: BucketServer;
  let service: Service;
  let uri: string;

  beforeAll(async () => {
    server = await bucketServer(cloud, { bucket: 'ft-data' });
    uri = `${cloud}://ft-data/team?${query}&endpoint=${encodeURIComponent(server.url)}`;
    for (const [name, value] of Object.entries(login)) vi.stubEnv(name, value);
    const env = {
      DROPTUNE_HOME: home,
      DROPTUNE_STORAGE: uri,
      PORT: '0',
      DROPTUNE_ADMIN_KEY: 'sk-not-for-workers',
    };
    const inherited = { PATH: process.env['PATH'], NODE_NO_WARNINGS: '1', ...login, ...env };
    service = await startService(readEnv(env), { env: inherited, log: () => {} });
  });
  afterAll(async () => {
    await service.close();
    await server.close();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  });

  test('takes a drop from the bucket to an adapter in the bucket', { timeout: 120_000 }, async () => {
    const storage = openStorage(uri);
    await storage.write('inbox/acme/faq/train.jsonl', Buffer.from(faq(40)));
    await storage.write('inbox/acme/faq/job.yaml', Buffer.from(RECIPE));
    const status = await endIn(storage, 'outbox/acme/faq', 100);
    expect(status).toMatchObject({ status: 'succeeded', error: null });
    for (const name of status['files'] as string[])
      expect(await storage.head(`outbox/acme/faq/${name}`), name).not.toBeNull();
    const keys = [...server.model.objects.keys()];
    expect(keys.filter((key) => key.endsWith('/claim'))).toHaveLength(1);
    expect(keys.every((key) => key.startsWith('team/'))).toBe(true);
    expect(server.model.uploads.size).toBe(0);
    expect(readdirSync(home)).not.toContain('bucket');
    expect(readdirSync(join(home, 'workers')).length).toBeGreaterThan(0);
  });
};
