/** The bundle for AWS in Lambda's runtime, alone in its folder: S3, PostgreSQL and the launcher over real HTTP. */
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCloud } from '../../helpers/cloud.ts';
import { faq } from '../../helpers/control-plane.ts';
import { fixture, ROADS, sqsOf } from '../../helpers/events.ts';
import { type Lambda, startLambda } from '../../helpers/lambda.ts';

const started: Lambda[] = [];
const lambda = async (handler: string, env: Record<string, string>): Promise<Lambda> => {
  const one = await startLambda(handler, env);
  started.push(one);
  return one;
};
const cloud = await openCloud('s3');
if (!cloud)
  console.warn('No PostgreSQL answers (DATABASE_TEST_URL, or 127.0.0.1:5432): functions are not run');
afterAll(async () => {
  await Promise.all(started.map((one) => one.stop()));
  await cloud?.close();
});

describe('a function that is not set up', () => {
  test('names everything that is missing, in every call and in its log', async () => {
    const { invoke, logged } = await lambda('index.api', { DROPTUNE_STORAGE: 'oss://b' });
    const said = [
      'DATABASE_URL is not set: PostgreSQL, since an embedded database belongs to one process',
      'DROPTUNE_ADMIN_KEY is not set: a long random text, the bearer key of the API',
      'DROPTUNE_WEBHOOK_SECRET is not set: whsec_ and the base64 of 24 to 64 bytes',
      'DROPTUNE_STORAGE: this bundle has no driver for oss: only for s3, file',
      'DROPTUNE_LAUNCHER: local starts processes, and they end with the function: name another',
    ];
    for (let i = 0; i < 2; i++)
      await expect(invoke({})).rejects.toThrow(`The function cannot start. ${said.join('. ')}`);
    expect(logged.join('')).toContain('"level":"error","message":"The function cannot start. DATABASE_URL');
  });
});

// oxlint-disable-next-line typescript/no-explicit-any -- answers are asserted field by field
type Answer = { status: number; body: any };

describe.skipIf(!cloud)('functions on AWS', { timeout: 60_000 }, () => {
  const { env, bucket, fc, upload, put } = cloud ?? ({} as NonNullable<typeof cloud>); // read although it is skipped
  let api: Lambda;
  let ingest: Lambda;
  let sweep: Lambda;
  beforeAll(async () => {
    [api, ingest, sweep] = (await Promise.all(
      ['index.api', 'index.ingest', 'index.sweep'].map((handler) => lambda(handler, env)),
    )) as [Lambda, Lambda, Lambda];
  });
  const HTTP_API = 'x.execute-api.us-east-1.amazonaws.com';
  const FUNCTION_URL = 'x.lambda-url.us-east-1.on.aws';
  /** A request in payload format 2.0. The HTTP API of API Gateway decodes the path, a function's own URL does not. */
  const ask = async (
    method: string,
    path: string,
    body?: string,
    { key = env.DROPTUNE_ADMIN_KEY, domainName = HTTP_API } = {},
  ): Promise<Answer> => {
    const [encoded = '', rawQueryString = ''] = path.split('?');
    const rawPath = domainName === HTTP_API ? decodeURIComponent(encoded) : encoded;
    const answer = (await api.invoke({
      version: '2.0',
      routeKey: '$default',
      rawPath,
      rawQueryString,
      headers: { host: domainName, authorization: `Bearer ${key}` },
      requestContext: { http: { method, path: rawPath }, domainName },
      ...(body === undefined ? {} : { body: Buffer.from(body).toString('base64') }),
      isBase64Encoded: body !== undefined,
    })) as { statusCode: number; body: string };
    return { status: answer.statusCode, body: JSON.parse(answer.body) };
  };
  const jobs = async (): Promise<{ id: string; x_name: string; x_status: string }[]> =>
    (await ask('GET', '/v1/fine_tuning/jobs?limit=50')).body.data;
  const named = async (name: string) => (await jobs()).filter((job) => job.x_name === name);

  test('answer as the service does in one process', async () => {
    expect(await ask('GET', '/healthz')).toEqual({ status: 200, body: { status: 'ok' } });
    expect(await ask('GET', '/v1/files', undefined, { key: 'wrong' })).toMatchObject({
      status: 401,
      body: { error: { code: 'invalid_api_key' } },
    });
    expect(await ask('POST', '/v1/x/inbox/acme/over-http.jsonl', faq(20, 'ü'))).toMatchObject({
      status: 200,
      body: { outcome: 'started', key: 'inbox/acme/over-http.jsonl' },
    });
    expect(bucket.model.objects.get('all/inbox/acme/over-http.jsonl')?.bytes.toString()).toBe(faq(20, 'ü'));
  });

  test.each([HTTP_API, FUNCTION_URL])('know a file by its name behind %s', async (domainName) => {
    const name = `50% #1 a+b%20c 数 ${domainName[2]}.jsonl`;
    const path = `/v1/x/inbox/acme/${encodeURIComponent(name)}`;
    expect(await ask('POST', path, faq(20, name), { domainName })).toMatchObject({
      status: 200,
      body: { outcome: 'started', key: `inbox/acme/${name}` },
    });
    expect((await ask('DELETE', path, undefined, { domainName })).body.deleted).toBe(true);
    expect(bucket.model.objects.has(`all/inbox/acme/${name}`)).toBe(false);
  });

  test('of an event of S3 make a job and a worker, once, whoever hears of it and however often', async () => {
    upload('a b+1.jsonl', faq(20, 'coffee'));
    const other = await lambda('index.ingest', env);
    const told = await Promise.all(
      ['s3', 's3 → SNS', 's3 → EventBridge', 's3'].map((road, i) =>
        (i % 2 ? other : ingest).invoke(ROADS[road]!(put('a b+1.jsonl'))),
      ),
    );
    expect(
      told.map((one) => (one as { received: { outcome: string }[] }).received[0]?.outcome).toSorted(),
    ).toEqual(['duplicate', 'duplicate', 'duplicate', 'job']);
    const [job, ...more] = await named('a b+1');
    expect(more).toEqual([]);
    expect(job?.x_status).toBe('starting');
    expect([...fc.tasks.keys()].filter((task) => task.startsWith(job!.id))).toEqual([`${job!.id}-1`]);
    const spec = bucket.model.objects.get(`all/runs/${job!.id}/1/spec.json`);
    expect(JSON.parse(spec!.bytes.toString())).toMatchObject({ job: job!.id, attempt: 1 });
  });

  test('give back those messages of a queue that cannot be handled, and no others', async () => {
    for (const path of ['q1.jsonl', 'q2.jsonl']) upload(path, faq(20, path));
    const [q1, q2] = ['q1.jsonl', 'q2.jsonl'].map((path) => JSON.stringify(ROADS['s3']!(put(path))));
    const batch = sqsOf(q1!, 'no JSON', JSON.stringify(fixture('documented.json')), q2!);
    expect(await ingest.invoke(batch)).toEqual({ batchItemFailures: [{ itemIdentifier: 'm2' }] });
    expect(await named('q1')).toHaveLength(1);
    expect(await named('q2')).toHaveLength(1);
    bucket.policy = ({ key }) => key !== 'all/inbox/acme/q1.jsonl'; // and what fails for a while
    expect(await ingest.invoke(batch)).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm1' }, { itemIdentifier: 'm2' }],
    });
    bucket.policy = () => true;
    expect(ingest.logged.join('')).toContain('neither JSON nor the base64 of it');
  });

  test('fail for an event that nobody sends, so that it lands in the dead letters', async () => {
    await expect(ingest.invoke({ Records: [null] })).rejects.toThrow('An event is an object: "null"');
    expect(await ingest.invoke(fixture('aws_ses-sns-event.json'))).toEqual({
      received: [{ key: null, outcome: 'ignored' }],
    });
  });

  test('find by their minute what no event told of, and work on what lies there', async () => {
    upload('lost.jsonl', faq(20, 'lost'));
    expect(await sweep.invoke({})).toMatchObject({ ingested: 0 });
    expect(await sweep.invoke({})).toMatchObject({ lost: 0, ingested: 1 });
    expect(await named('lost')).toMatchObject([{ x_status: 'starting' }]);
  });

  test('go on after the database has dropped their connections', async () => {
    const sql = postgres(env.DATABASE_URL, { max: 1 });
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;
    // whether the function has heard of it already is a matter of luck
    const { status } = await ask('GET', '/v1/fine_tuning/jobs?limit=1');
    expect([200, 503]).toContain(status);
    expect((await ask('GET', '/v1/fine_tuning/jobs?limit=1')).status).toBe(200);
    const [row] =
      await sql`select count(*)::int as n from pg_stat_activity where datname = current_database()`;
    expect(row!['n']).toBeLessThanOrEqual(1 + 2 * started.length);
    await sql.end();
  });
});
