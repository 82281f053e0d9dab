/** The whole path on Alibaba Cloud, each part over real HTTP: OSS, its notifications as they come, the bundle of the
 *  functions, PostgreSQL, the launcher, Function Compute, and the worker's container with a credential of its own. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCloud } from '../helpers/cloud.ts';
import { faq } from '../helpers/control-plane.ts';
import type { FakeEngine } from '../helpers/engine-run.ts';
import { tempFolder, until } from '../helpers/engine-store.ts';
import { ROADS } from '../helpers/events.ts';
import { containerRunner } from '../helpers/fc-container.ts';
import { startFcRuntime } from '../helpers/fc-runtime.ts';

const SERVICE = { accessKeyId: 'STS.service', accessKeySecret: 's1', securityToken: 't1' };
const WORKER = { id: 'STS.worker', secret: 's2', token: 't2' };

/** engines of the containers to come; none = the real one, with nano */
const engines: FakeEngine[] = [];
const slow: FakeEngine = { steps: 100, step_ms: 100 };
const platform = containerRunner({
  env: { DROPTUNE_HOME: tempFolder(), ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true' },
  key: WORKER,
  engine: () => engines.shift() ?? null,
  deliveries: (n) => (n === 0 ? 2 : 1),
});
const cloud = await openCloud('oss', platform.run);
if (!cloud) console.warn('No PostgreSQL answers (DATABASE_TEST_URL, or 127.0.0.1:5432): not run');

describe.skipIf(!cloud)('on Alibaba Cloud', { timeout: 120_000 }, () => {
  const { env, bucket, fc, put } = cloud ?? ({} as NonNullable<typeof cloud>); // read although it is skipped
  let functions: Awaited<ReturnType<typeof startFcRuntime>>;
  const refused: string[] = [];

  beforeAll(async () => {
    const { accessKeyId: id, accessKeySecret: secret, securityToken: token } = SERVICE;
    Object.assign(fc.account, { id, secret, token });
    bucket.keys.set(id, { secret, token });
    bucket.keys.set(WORKER.id, WORKER);
    // the worker's role: no listing, nothing outside of runs but the rows
    bucket.policy = ({ method, key, headers }) => {
      if (!headers['authorization']?.includes(WORKER.id)) return true;
      const allowed = key.startsWith('all/runs/') || (method === 'GET' && key.startsWith('all/datasets/'));
      if (!allowed) refused.push(`${method} ${key}`);
      return allowed;
    };
    functions = await startFcRuntime(env, SERVICE);
  });
  afterAll(async () => {
    await functions.stop();
    await cloud!.close();
  });

  /** Uploads, and says it on this road, as often as it is told. */
  const upload = async (road: string, path: string, content: string, times = 1) => {
    const { etag } = bucket.model.put(put(path).key, Buffer.from(content), {});
    const told = ROADS[road]!({ ...put(path), etag, bytes: content.length });
    for (let i = 0; i < times; i++) await functions.invoke('ingest', told);
  };
  const drop = async (road: string, name: string, times?: number) => {
    await upload(road, `${name}/train.jsonl`, faq(24, name), times);
    const recipe = 'base: nano\ntraining: { n_epochs: 1 }\nevaluation: { max_new_tokens: 4, samples: 2 }\n';
    await upload(road, `${name}/job.yaml`, recipe, times);
  };
  const api = async (method: string, path: string): Promise<Record<string, unknown>> => {
    const headers = { Authorization: `Bearer ${env.DROPTUNE_ADMIN_KEY}` };
    const { pathname, searchParams } = new URL(path, 'https://d.fcapp.run');
    const http = { method, path: pathname, protocol: 'HTTP/1.1', sourceIp: '1.2.3.4', userAgent: 'test' };
    const requestContext = { accountId: '1', domainName: 'd.fcapp.run', requestId: 'r', http };
    const event = { version: 'v1', rawPath: pathname, headers, body: '', requestContext };
    const answer = (await functions.invoke('api', {
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
      await functions.invoke('sweep', {});
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
