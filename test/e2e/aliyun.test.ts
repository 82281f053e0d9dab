/** The whole path on Alibaba Cloud, each part over real HTTP: OSS, its notifications as they come, the bundle of the
 *  functions, PostgreSQL, the launcher, Function Compute, and the worker's container with a credential of its own. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { packageRoot } from '../../shared/package-root.ts';
import { bucketServer, type BucketServer } from '../helpers/bucket/server.ts';
import { faq } from '../helpers/control-plane.ts';
import { tempFolder, until } from '../helpers/engine-store.ts';
import type { FakeEngine } from '../helpers/engine-run.ts';
import { ROADS } from '../helpers/events.ts';
import { containerRunner } from '../helpers/fc-container.ts';
import { type FcStandIn, startFc } from '../helpers/fc-stand-in.ts';
import { freshPostgres } from '../helpers/postgres.ts';

const database = await freshPostgres();
if (!database) console.warn('No PostgreSQL answers (DATABASE_TEST_URL, or 127.0.0.1:5432): not run');

type Handler = (event: Buffer, context: unknown) => Promise<unknown>;
type Functions = { readonly [K in 'api' | 'ingest' | 'sweep']: Handler };

const BUCKET = 'ft-datasets';
const SERVICE = { accessKeyId: 'STS.service', accessKeySecret: 's1', securityToken: 't1' };
const WORKER = { id: 'STS.worker', secret: 's2', token: 't2' };
const ADMIN = 'a-long-random-text';
const slow: FakeEngine = { steps: 100, step_ms: 100 };

describe.skipIf(!database)('on Alibaba Cloud', () => {
  let bucket: BucketServer;
  let fc: FcStandIn;
  let functions: Functions;
  let platform: ReturnType<typeof containerRunner>;
  /** engines of the containers to come; none = the real one, with nano */
  const engines: FakeEngine[] = [];
  const refused: string[] = [];

  beforeAll(async () => {
    bucket = await bucketServer('oss', { bucket: BUCKET });
    bucket.keys.set(SERVICE.accessKeyId, { secret: SERVICE.accessKeySecret, token: SERVICE.securityToken });
    bucket.keys.set(WORKER.id, { secret: WORKER.secret, token: WORKER.token });
    // the worker's role: no listing, nothing outside of runs but the rows
    bucket.policy = ({ method, key, headers }) => {
      if (!headers['authorization']?.includes(WORKER.id)) return true;
      const allowed = key.startsWith('all/runs/') || (method === 'GET' && key.startsWith('all/datasets/'));
      if (!allowed) refused.push(`${method} ${key}`);
      return allowed;
    };
    const container = { DROPTUNE_HOME: tempFolder(), ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true' };
    platform = containerRunner({
      env: container,
      key: WORKER,
      engine: () => engines.shift() ?? null,
      deliveries: (n) => (n === 0 ? 2 : 1),
    });
    const { accessKeyId: id, accessKeySecret: secret, securityToken: token } = SERVICE;
    fc = await startFc({ run: platform.run, account: { account: '1234567890', id, secret, token } });
    const env = {
      DATABASE_URL: database!.url,
      DROPTUNE_STORAGE: `oss://${BUCKET}/all?endpoint=${encodeURIComponent(bucket.url)}&path_style=true`,
      DROPTUNE_ADMIN_KEY: ADMIN,
      DROPTUNE_WEBHOOK_SECRET: `whsec_${Buffer.alloc(24, 7).toString('base64')}`,
      DROPTUNE_LAUNCHER: 'fc',
      DROPTUNE_FC_FUNCTION: fc.name,
      DROPTUNE_FC_INSTANCE_TYPE: 'fc.gpu.tesla.1',
      DROPTUNE_FC_ENDPOINT: fc.url,
      FC_ACCOUNT_ID: '1234567890',
      FC_REGION: 'cn-hangzhou',
      ...container,
    };
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    const load = createRequire(import.meta.url);
    functions = load(join(packageRoot(), 'dist/aliyun/index.js')) as Functions;
  });
  afterAll(async () => {
    await fc.close();
    await bucket.close();
    await database!.drop();
  });

  const call = (name: keyof Functions, event: unknown): Promise<unknown> => {
    const text = typeof event === 'string' ? event : JSON.stringify(event);
    return functions[name](Buffer.from(text), { credentials: SERVICE });
  };
  /** Uploads, and says it on this road, as often as it is told. */
  const upload = async (road: string, path: string, content: string, times = 1) => {
    const key = `all/inbox/acme/${path}`;
    const { etag } = bucket.model.put(key, Buffer.from(content), {});
    const put = { bucket: BUCKET, key, etag, bytes: content.length };
    for (let i = 0; i < times; i++) await call('ingest', ROADS[road]!(put));
  };
  const drop = async (road: string, name: string, times?: number) => {
    await upload(road, `${name}/train.jsonl`, faq(24, name), times);
    const recipe = 'base: nano\ntraining: { n_epochs: 1 }\nevaluation: { max_new_tokens: 4, samples: 2 }\n';
    await upload(road, `${name}/job.yaml`, recipe, times);
  };
  const api = async (method: string, path: string): Promise<Record<string, unknown>> => {
    const headers = { Authorization: `Bearer ${ADMIN}` };
    const { pathname, searchParams } = new URL(path, 'https://d.fcapp.run');
    const http = { method, path: pathname, protocol: 'HTTP/1.1', sourceIp: '1.2.3.4', userAgent: 'test' };
    const requestContext = { accountId: '1', domainName: 'd.fcapp.run', requestId: 'r', http };
    const event = { version: 'v1', rawPath: pathname, headers, body: '', requestContext };
    const answer = (await call('api', {
      ...event,
      queryParameters: Object.fromEntries(searchParams),
      isBase64Encoded: false,
    })) as { body: string };
    return JSON.parse(Buffer.from(answer.body, 'base64').toString()) as Record<string, unknown>;
  };
  const jobs = async (name: string) =>
    ((await api('GET', '/v1/fine_tuning/jobs'))['data'] as Record<string, unknown>[]).filter(
      (job) => job['x_name'] === name,
    );
  const outbox = (name: string, file = 'status.json') =>
    bucket.model.objects.get(`all/outbox/acme/${name}/${file}`)?.bytes.toString() ?? null;
  /** A timer that goes faster than a minute. */
  const sweepUntil = async <T>(ready: () => T | Promise<T>) =>
    until(async () => {
      await call('sweep', {});
      await sleep(50);
      return ready();
    });
  const ends = (name: string, status: string) =>
    sweepUntil(() => {
      const said = JSON.parse(outbox(name) ?? '{}') as Record<string, unknown>;
      return said['status'] === status ? said : null;
    });

  test('a folder dropped into OSS is trained by nano on Function Compute, once, whatever comes twice', async () => {
    await drop('oss', 'native', 2);
    const status = await ends('native', 'succeeded');
    expect(status).toMatchObject({ error: null });
    expect(JSON.parse(outbox('native', 'adapter/adapter_config.json')!)).toMatchObject({ peft_type: 'LORA' });
    expect(await jobs('native')).toMatchObject([{ id: status['job'], status: 'succeeded', x_attempt: 1 }]);
    // Function Compute delivered the task to two instances: one trained, one found it taken
    const output = platform.containers.map((container) => container.output());
    expect(output.filter((text) => text.includes('"type":"done"'))).toHaveLength(1);
    expect(output).toHaveLength(2);
    for (const text of output)
      expect(text).toMatch(/FC Invoke Start RequestId: (\S+)[^]*FC Invoke End RequestId: \1/);
    expect(fc.tasks.get(`${String(status['job'])}-1`)?.history).toEqual([
      'Enqueued',
      'Dequeued',
      'Running',
      'Succeeded',
    ]);
    expect(refused).toEqual([]);
  });

  test('as it is when EventBridge or SMQ tells of it', async () => {
    engines.push({}, {});
    await drop('oss → EventBridge', 'bridge');
    await drop('oss → SMQ, JSON', 'queue');
    expect(await ends('bridge', 'succeeded')).toMatchObject({ error: null });
    expect(await ends('queue', 'succeeded')).toMatchObject({ error: null });
  });

  test('a job that is cancelled stops its worker', async () => {
    engines.push(slow);
    await drop('oss', 'cancelled');
    await sweepUntil(async () => (await jobs('cancelled'))[0]?.['status'] === 'running');
    const [job] = await jobs('cancelled');
    await api('POST', `/v1/fine_tuning/jobs/${String(job!['id'])}/cancel`);
    await ends('cancelled', 'cancelled');
    await until(() => fc.tasks.get(`${String(job!['id'])}-1`)?.status === 'Succeeded');
  });

  test('an instance that is taken away leaves a checkpoint, from which the next attempt goes on', async () => {
    engines.push(slow, { ...slow, step_ms: 0 });
    await drop('oss', 'moved');
    await sweepUntil(async () => (await jobs('moved'))[0]?.['status'] === 'running');
    const id = String((await jobs('moved'))[0]!['id']);
    const metrics = () => bucket.model.objects.get(`all/runs/${id}/1/metrics.jsonl`)?.bytes.length;
    await until(metrics);
    fc.stop(`${id}-1`);
    await until(() => fc.tasks.get(`${id}-1`)?.status === 'Stopped');
    await ends('moved', 'succeeded');
    const [job] = await jobs('moved');
    expect(job).toMatchObject({ x_attempt: 2 });
    const { data } = await api('GET', `/v1/fine_tuning/jobs/${id}/events?limit=100`);
    const said = (data as { message: string }[]).map(({ message }) => message).join('\n');
    expect(said).toMatch(/continuing from step \d/);
    expect(said).toMatch(/machine fc:svc\$worker:.* is gone; its log: https:\/\/fcnext/);
  });
});
