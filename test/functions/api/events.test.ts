import { describe, expect, test } from 'vitest';
import { createApp } from '../../../functions/api/app.ts';
import { apiBench, EVENTS_TOKEN, KEY } from '../../helpers/api.ts';
import { faq, put } from '../../helpers/control-plane.ts';
import { documented, ROADS } from '../../helpers/events.ts';

const b = await apiBench();
const deps = { ...b.deps, storage: { ...b.deps.storage, uri: 's3://ft-datasets?region=us-east-1' } };
const withToken = createApp({ ...deps, adminKey: KEY, eventsToken: EVENTS_TOKEN });
const withoutToken = createApp({ ...deps, adminKey: KEY, eventsToken: null });

const PATH = '/v1/x/events';
const post = (app: typeof withToken, body: string, headers: Record<string, string> = {}, path = PATH) =>
  app.request(path, { method: 'POST', body, headers });
const TEST = JSON.stringify(documented['s3-test']);
const basic = (password: string) => `Basic ${Buffer.from(`droptune:${password}`).toString('base64')}`;

describe('the door of events', () => {
  test.each([
    ['the admin key', { authorization: `Bearer ${KEY}` }],
    ['the token, as MinIO sends it', { authorization: `Bearer ${EVENTS_TOKEN}` }],
    ['the token, as Ceph and SNS send it', { authorization: basic(EVENTS_TOKEN) }],
    ["the token, as Alibaba's EventBridge sends it", { 'x-eventbridge-signature-token': EVENTS_TOKEN }],
  ])('opens for %s', async (_, headers: Record<string, string>) => {
    expect((await post(withToken, TEST, headers)).status).toBe(200);
  });
  test('opens for the token in the URL', async () => {
    expect((await post(withToken, TEST, {}, `${PATH}?token=${EVENTS_TOKEN}`)).status).toBe(200);
  });
  test.each([
    ['nothing', {}, PATH],
    ['another token', { authorization: 'Bearer x' }, PATH],
    ['another password', { authorization: basic('x') }, PATH],
    ['no password', { authorization: `Basic ${EVENTS_TOKEN}` }, PATH],
    ['the admin key in the URL, where proxies write it down', {}, `${PATH}?token=${KEY}`],
    ['an empty token', {}, `${PATH}?token=`],
  ])('stays shut for %s', async (_, headers: Record<string, string>, path) => {
    for (const app of [withToken, withoutToken]) {
      const answer = await post(app, TEST, headers, path);
      expect([answer.status, await answer.json()]).toMatchObject([
        401,
        { error: { code: 'invalid_api_key' } },
      ]);
    }
  });
  test('is the only one that the token opens, and without a token the admin key opens it', async () => {
    const headers = { authorization: `Bearer ${EVENTS_TOKEN}` };
    expect((await withToken.request('/v1/files', { headers })).status).toBe(401);
    expect((await withToken.request('/v1/x/eventsx', { headers })).status).toBe(401);
    expect((await post(withoutToken, TEST, headers)).status).toBe(401);
    expect((await post(withoutToken, TEST, { authorization: `Bearer ${KEY}` })).status).toBe(200);
  });
});

describe('a delivery', () => {
  const headers = { authorization: `Bearer ${EVENTS_TOKEN}` };
  const answerOf = async (body: string) => {
    const answer = await post(withToken, body, headers);
    return { status: answer.status, body: JSON.parse(await answer.text()) };
  };
  test('says what became of each object', async () => {
    put(b, 'faq.jsonl', faq());
    const road = ROADS['minio']!;
    const ours = road({ bucket: 'ft-datasets', key: 'inbox/acme/faq.jsonl', etag: 'e', bytes: 1 });
    const other = road({ bucket: 'theirs', key: 'inbox/acme/faq.jsonl', etag: 'e', bytes: 1 });
    const { status, body: first } = await answerOf(JSON.stringify([ours, other]));
    expect([status, first]).toEqual([
      200,
      {
        object: 'list',
        data: [
          {
            object: 'x.object_event',
            key: 'inbox/acme/faq.jsonl',
            outcome: 'started',
            job: expect.stringMatching(/^ftjob-/),
          },
          {
            object: 'x.object_event',
            key: 'inbox/acme/faq.jsonl',
            outcome: 'ignored',
            job: null,
            why: 'theirs is not the bucket of this service, ft-datasets',
          },
        ],
      },
    ]);
    const { job } = first.data[0];
    expect(await answerOf(JSON.stringify(ours))).toMatchObject({
      status: 200,
      body: { data: [{ outcome: 'duplicate', job }] },
    });
  });
  test('in XML, as SMQ pushes it', async () => {
    const xml = ROADS['oss → SMQ, XML']!({
      bucket: 'ft-datasets',
      key: 'inbox/acme/gone.jsonl',
      etag: 'e',
      bytes: 1,
    });
    expect(await answerOf(xml as string)).toMatchObject({
      status: 200,
      body: { data: [{ outcome: 'ignored' }] },
    });
  });
  test('that nobody understands is refused, and one that is far too long', async () => {
    expect(await answerOf('nonsense')).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_request' } },
    });
    expect(await answerOf(' '.repeat(1024 * 1024 + 1))).toMatchObject({
      status: 413,
      body: { error: { code: 'too_large' } },
    });
  });
  test('comes again where the store does not answer', async () => {
    const storage = { ...deps.storage, head: () => Promise.reject(new Error('the house burns')) };
    const app = createApp({ ...deps, storage, adminKey: KEY, eventsToken: EVENTS_TOKEN });
    const body = JSON.stringify(
      ROADS['s3']!({ bucket: 'ft-datasets', key: 'inbox/acme/b.jsonl', etag: 'e', bytes: 1 }),
    );
    const answer = await post(app, body, headers);
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('burns');
  });
});
