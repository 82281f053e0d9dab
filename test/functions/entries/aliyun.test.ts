/** The bundle for Alibaba Cloud as Function Compute calls it, alone in its folder: OSS, PostgreSQL and the launcher over real
 *  HTTP. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCloud } from '../../helpers/cloud.ts';
import { faq } from '../../helpers/control-plane.ts';
import { ROADS } from '../../helpers/events.ts';
import { type FcCredentials, startFcRuntime } from '../../helpers/fc-runtime.ts';

const cloud = await openCloud('oss');
if (!cloud)
  console.warn('No PostgreSQL answers (DATABASE_TEST_URL, or 127.0.0.1:5432): functions are not run');
afterAll(() => cloud?.close());

/** The role of the function, to both services that it calls. */
const role = (n: number): FcCredentials => ({
  accessKeyId: `STS.role${n}`,
  accessKeySecret: `secret ${n}`,
  securityToken: `token ${n}`,
});

// oxlint-disable-next-line typescript/no-explicit-any -- answers are asserted field by field
type Answer = { status: number; body: any };

describe.skipIf(!cloud)('functions on Alibaba Cloud', { timeout: 60_000 }, () => {
  const { env, bucket, fc, upload, put } = cloud ?? ({} as NonNullable<typeof cloud>); // read although it is skipped
  let runtime: Awaited<ReturnType<typeof startFcRuntime>>;
  const assume = (credentials: FcCredentials): void => {
    const { accessKeyId: id, accessKeySecret: secret, securityToken: token } = credentials;
    bucket.keys.clear();
    bucket.keys.set(id, { secret, token });
    Object.assign(fc.account, { id, secret, token });
  };
  beforeAll(async () => {
    assume(role(1));
    runtime = await startFcRuntime(env, role(1));
    await runtime.initialize();
  });
  afterAll(() => runtime.stop());

  /** A request as an HTTP trigger of FC 3.0 hands it over. */
  const ask = async (
    method: string,
    path: string,
    body?: string,
    key = env.DROPTUNE_ADMIN_KEY,
  ): Promise<Answer> => {
    const [rawPath = '', query] = path.split('?');
    const answer = (await runtime.invoke('api', {
      version: 'v1',
      rawPath,
      headers: { Authorization: `Bearer ${key}`, 'Content-Length': String(Buffer.byteLength(body ?? '')) },
      queryParameters: Object.fromEntries(new URLSearchParams(query)),
      body: Buffer.from(body ?? '').toString('base64'),
      isBase64Encoded: true,
      requestContext: { domainName: 'd.cn-hangzhou.fcapp.run', http: { method, path: rawPath } },
    })) as { statusCode: number; headers: Record<string, string>; isBase64Encoded: boolean; body: string };
    expect(answer.isBase64Encoded).toBe(true);
    return { status: answer.statusCode, body: JSON.parse(Buffer.from(answer.body, 'base64').toString()) };
  };
  const named = async (name: string): Promise<{ id: string; x_status: string }[]> => {
    const { data } = (await ask('GET', '/v1/fine_tuning/jobs?limit=50')).body;
    return data.filter((job: { x_name: string }) => job.x_name === name);
  };
  const told = async (event: unknown) => JSON.parse((await runtime.invoke('ingest', event)) as string);

  test('answer as the service does in one process', async () => {
    expect(await ask('GET', '/healthz')).toEqual({ status: 200, body: { status: 'ok' } });
    expect((await ask('GET', '/v1/files', undefined, 'wrong')).status).toBe(401);
    expect(await ask('POST', '/v1/x/inbox/acme/%E6%95%B0.jsonl', faq(20, '数据'))).toMatchObject({
      status: 200,
      body: { outcome: 'started', key: 'inbox/acme/数.jsonl' },
    });
    expect(bucket.model.objects.get('all/inbox/acme/数.jsonl')?.bytes.toString()).toBe(faq(20, '数据'));
  });

  test('of an event of OSS make a job and a worker, once, on whatever road it comes', async () => {
    upload('a b.jsonl', faq(20, 'coffee'));
    const roads = Object.keys(ROADS).filter((road) => road.startsWith('oss'));
    const outcomes = [];
    for (const road of roads) outcomes.push((await told(ROADS[road]!(put('a b.jsonl'))))[0].outcome);
    expect(outcomes).toEqual(roads.map((_, i) => (i === 0 ? 'job' : 'duplicate')));
    const [job, ...more] = await named('a b');
    expect(more).toEqual([]);
    expect(job?.x_status).toBe('starting');
    expect(fc.tasks.has(`${job!.id}-1`)).toBe(true);
  });

  test('use the credential that came with the call, when the old one has run out', async () => {
    assume(role(2));
    runtime.setCredentials(role(2));
    upload('fresh.jsonl', faq(20, 'fresh'));
    expect(await told(ROADS['oss']!(put('fresh.jsonl')))).toMatchObject([{ outcome: 'job' }]);
    expect(await named('fresh')).toMatchObject([{ x_status: 'starting' }]);
  });

  test('fail for an event that nobody sends, and do nothing for those of others', async () => {
    await expect(runtime.invoke('ingest', 'nonsense')).rejects.toThrow('neither JSON nor the base64 of it');
    expect(await told(ROADS['oss']!({ ...put('a.jsonl'), bucket: 'theirs' }))).toMatchObject([
      { outcome: 'ignored' },
    ]);
  });

  test('find by their minute what no event told of', async () => {
    upload('lost.jsonl', faq(20, 'lost'));
    const timer = { triggerTime: '2026-11-25T05:49:00Z', triggerName: 'minute', payload: '' };
    await runtime.invoke('sweep', timer);
    expect(JSON.parse((await runtime.invoke('sweep', timer)) as string)).toMatchObject({
      lost: 0,
      ingested: 1,
    });
    expect(await named('lost')).toMatchObject([{ x_status: 'starting' }]);
  });
});
