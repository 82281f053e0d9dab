/** The whole path on a bucket of Ceph: its own notifications, each delivered twice, start the job; the worker is another
 *  user, who may touch its run only. `npm run e2e:s3` starts Ceph. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readEnv } from '../../functions/entries/env.ts';
import { type Service, startService } from '../../functions/entries/node.ts';
import type { Launcher } from '../../functions/launchers/launcher.ts';
import { localLauncher } from '../../functions/launchers/local.ts';
import type { Storage } from '../../shared/storage/driver.ts';
import { openStorage } from '../../shared/storage/index.ts';
import { type Ceph, cephBucket } from '../helpers/bucket/ceph.ts';
import { faq } from '../helpers/control-plane.ts';
import { openClient } from '../../functions/entries/cli/client.ts';
import { endIn, until } from '../helpers/service.ts';

const ENDPOINT = process.env['CEPH_ENDPOINT'];
const TOKEN = 'a-token-for-events-only';
const RECIPE = `base: nano
training: { n_epochs: 1, batch_size: 8, max_length: 128 }
evaluation: { max_new_tokens: 4, samples: 2 }
`;
process.env['AWS_ACCESS_KEY_ID'] = 'servicekey';
process.env['AWS_SECRET_ACCESS_KEY'] = 'servicesecret';

/** Hands every delivery on twice, as it came. */
const relayTo = async (target: () => string, heard: string[]): Promise<Server> => {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    heard.push(body);
    const url = target() + (request.url ?? '').slice(1);
    const headers = { 'content-type': 'application/json' };
    const answers = await Promise.all([1, 2].map(() => fetch(url, { method: 'POST', headers, body })));
    response.writeHead(Math.max(...answers.map(({ status }) => status))).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
};

describe.skipIf(ENDPOINT === undefined)('the whole path on Ceph', () => {
  const home = mkdtempSync(join(tmpdir(), 'e2e-s3-'));
  const heard: string[] = [];
  const logged: string[] = [];
  const runs: string[] = [];
  let ceph: Ceph;
  let storage: Storage;
  let service: Service;
  let relay: Server;

  /** Lets the second user do what one run needs, then starts its worker as that user. */
  const narrow = (inner: Launcher): Launcher => ({
    ...inner,
    async launch(attempt) {
      const run = `runs/${attempt.job}/`;
      const spec = JSON.parse(
        Buffer.from((await storage.read(`${run}${attempt.attempt}/spec.json`))!).toString(),
      ) as { dataset: { uri: string } };
      const dataset = /\/(datasets\/[^?]*)/.exec(spec.dataset.uri)![1]!;
      await ceph.allow([
        { actions: ['s3:GetObject'], keys: [`${run}*`, dataset] },
        {
          actions: ['s3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'],
          keys: [`${run}${attempt.attempt}/*`],
        },
      ]);
      runs.push(run);
      return inner.launch(attempt);
    },
  });

  beforeAll(async () => {
    ceph = await cephBucket(ENDPOINT!);
    const uri = `s3://${ceph.bucket}?region=us-east-1&endpoint=${encodeURIComponent(ENDPOINT!)}`;
    storage = openStorage(uri);
    relay = await relayTo(() => `${service.url}/v1/x/events`, heard);
    const { port } = relay.address() as AddressInfo;
    await ceph.notify('inbox/', `http://127.0.0.1:${port}/?token=${TOKEN}`);
    const env = { DROPTUNE_HOME: home, DROPTUNE_STORAGE: uri, DROPTUNE_EVENTS_TOKEN: TOKEN, PORT: '0' };
    const worker = {
      PATH: process.env['PATH'],
      DROPTUNE_HOME: home,
      DROPTUNE_STORAGE: uri,
      AWS_ACCESS_KEY_ID: 'workerkey',
      AWS_SECRET_ACCESS_KEY: 'workersecret',
    };
    service = await startService(readEnv(env), {
      env: {},
      launcher: narrow(localLauncher({ home, env: worker })),
      log: (level, message, facts) => void logged.push(`${level}: ${message} ${JSON.stringify(facts ?? {})}`),
    });
  });
  afterAll(async () => {
    await service?.close();
    relay?.close();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  });

  test('300 MB go up in parts, are told of, and come back the same', async () => {
    const [up, down] = [createHash('sha256'), createHash('sha256')];
    const source = function* () {
      for (let i = 0; i < 300; i++) {
        const chunk = Buffer.alloc(2 ** 20, i * 7 + 1);
        up.update(chunk);
        yield chunk;
      }
    };
    await storage.write('inbox/acme/faq/notes.bin', Readable.from(source()));
    for await (const chunk of (await storage.stream('inbox/acme/faq/notes.bin'))!)
      down.update(chunk as Buffer);
    expect(down.digest('hex')).toBe(up.digest('hex'));
    expect(await storage.head('inbox/acme/faq/notes.bin')).toMatchObject({
      bytes: 300 * 2 ** 20,
      tag: expect.stringMatching(/-38$/),
    });
    await until(
      () => logged.find((line) => line.includes('event: waiting')) ?? null,
      `Ceph tells of the upload; ${heard.length} heard`,
    );
    expect(heard.join()).toContain('ObjectCreated:CompleteMultipartUpload');
  });

  test('a drop becomes an adapter, once, although each event comes twice', async () => {
    await storage.write('inbox/acme/faq/train.jsonl', Buffer.from(faq(40)));
    await storage.write('inbox/acme/faq/job.yaml', Buffer.from(RECIPE));
    const status = await endIn(storage, 'outbox/acme/faq', 200);
    expect(status).toMatchObject({ status: 'succeeded', error: null });
    expect(await storage.head('outbox/acme/faq/adapter/adapter_model.safetensors')).not.toBeNull();
    expect(logged.some((line) => line.startsWith('info: event: job'))).toBe(true);
    expect(logged.filter((line) => /event: job|inbox: job/.test(line))).toHaveLength(1);
    const { data } = await openClient(service.url, service.key).jobs({ limit: 10 });
    expect(data).toHaveLength(1);
    expect(runs).toHaveLength(1);
  });

  test('the worker may not look or write beyond its run', async () => {
    const client = new S3Client({
      endpoint: ENDPOINT!,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId: 'workerkey', secretAccessKey: 'workersecret' },
    });
    const Bucket = ceph.bucket;
    const refused = { name: expect.stringMatching(/AccessDenied/) };
    const get = (Key: string) => client.send(new GetObjectCommand({ Bucket, Key }));
    const put = (Key: string) => client.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
    expect((await get(`${runs[0]}1/spec.json`)).$metadata.httpStatusCode).toBe(200);
    expect((await put(`${runs[0]}1/heartbeat`)).$metadata.httpStatusCode).toBe(200);
    for (const key of [
      'inbox/acme/faq/train.jsonl',
      'outbox/acme/faq/status.json',
      'runs/another/1/spec.json',
    ])
      await expect(get(key), key).rejects.toMatchObject(refused);
    for (const key of [
      `${runs[0]}2/claim`,
      `${runs[0]}control.json`,
      'models/stolen.json',
      'inbox/acme/own.jsonl',
    ])
      await expect(put(key), key).rejects.toMatchObject(refused);
    await expect(client.send(new ListObjectsV2Command({ Bucket }))).rejects.toMatchObject(refused);
  });
});
