import { describe, expect, test } from 'vitest';
import { apiBench } from '../../helpers/api.ts';
import { faq } from '../../helpers/control-plane.ts';

const b = await apiBench();
const drop = (path: string, body: string, more = '') =>
  b.ask(`/v1/x/inbox/${path}${more}`, { method: 'POST', body });

describe('the inbox over HTTP', () => {
  test('a file starts a job, and its bytes are in the bucket', async () => {
    const { status, body } = await drop('acme/faq.jsonl', faq());
    expect(status).toBe(200);
    expect(body).toEqual({
      object: 'x.inbox_object',
      key: 'inbox/acme/faq.jsonl',
      bytes: Buffer.byteLength(faq()),
      outcome: 'started',
      job: expect.stringMatching(/^ftjob-/),
    });
    expect(Buffer.from((await b.deps.storage.read(body.key))!).toString()).toBe(faq());
    expect((await b.ask(`/v1/fine_tuning/jobs/${body.job}`)).body).toMatchObject({
      x_project: 'acme',
      x_name: 'faq',
    });
  });

  test('the same bytes are the first job again, unless another is wanted', async () => {
    const first = (await drop('acme/twice.jsonl', faq(30))).body;
    const second = (await drop('acme/twice.jsonl', faq(30))).body;
    expect([second.outcome, second.job]).toEqual(['duplicate', first.job]);
    const other = (await drop('acme/twice.jsonl', faq(30), '?again=1')).body;
    expect(other.outcome).toBe('started');
    expect(other.job).not.toBe(first.job);
    expect(other.key).toMatch(/^inbox\/acme\/twice-[0-9a-z]{4}\.jsonl$/);
  });

  test('a folder waits for its marker, whatever order it comes in', async () => {
    const train = (await drop('acme/set/train.jsonl', faq())).body;
    expect([train.outcome, train.job, train.why]).toEqual(['waiting', null, 'waits for job.yaml or _READY']);
    const marker = (await drop('acme/set/_READY', '')).body;
    expect([marker.outcome, marker.bytes]).toEqual(['started', 0]);
    expect((await drop('acme/set/other.jsonl', faq(), '?again=1')).status).toBe(400);
  });

  test('a folder can be taken away, and a file', async () => {
    await drop('acme/gone/train.jsonl', faq());
    await drop('acme/gone/valid.jsonl', faq());
    await drop('acme/gone2/train.jsonl', faq());
    expect((await b.ask('/v1/x/inbox/acme/gone/', { method: 'DELETE' })).body.deleted).toBe(true);
    expect(await b.deps.storage.head('inbox/acme/gone/train.jsonl')).toBeNull();
    expect(await b.deps.storage.head('inbox/acme/gone/valid.jsonl')).toBeNull();
    expect(await b.deps.storage.head('inbox/acme/gone2/train.jsonl')).not.toBeNull();
    await b.ask('/v1/x/inbox/acme/gone2/train.jsonl', { method: 'DELETE' });
    expect(await b.deps.storage.head('inbox/acme/gone2/train.jsonl')).toBeNull();
  });

  test.each([
    'acme/..%2f..%2fkeys',
    'acme/%2e%2e/x',
    '%2e%2e/x.jsonl',
    '.hidden/x.jsonl',
    'acme',
    'acme/a%00b',
    'acme/%zz',
    'acme/a%5cb',
  ])('nothing leaves the inbox by %s', async (path) => {
    const { status } = await drop(path, 'x');
    expect([400, 404]).toContain(status);
  });

  test('a name may hold a space and letters of any script', async () => {
    const { body } = await drop(`acme/${encodeURIComponent('西红市 faq.jsonl')}`, faq(33));
    expect([body.key, body.outcome]).toEqual(['inbox/acme/西红市 faq.jsonl', 'started']);
  });
});

describe('webhook endpoints', () => {
  test('show their secret once, and go with their deliveries', async () => {
    const made = (await b.ask('/v1/x/webhooks', { method: 'POST', body: { url: 'http://127.0.0.1:9/hook' } }))
      .body;
    expect(made).toMatchObject({
      object: 'x.webhook_endpoint',
      secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/),
      status: 'enabled',
    });
    const list = (await b.ask('/v1/x/webhooks')).body;
    expect(list.data.map(({ id }: { id: string }) => id)).toContain(made.id);
    expect(JSON.stringify(list)).not.toContain(made.secret);
    expect((await b.ask(`/v1/x/webhooks/${made.id}`)).body).not.toHaveProperty('secret');
    expect((await b.ask(`/v1/x/webhooks/${made.id}`, { method: 'DELETE' })).body).toMatchObject({
      deleted: true,
    });
    expect((await b.ask(`/v1/x/webhooks/${made.id}`, { method: 'DELETE' })).status).toBe(404);
  });

  test.each([
    ['no URL', { url: 'here' }],
    ['another protocol', { url: 'ftp://x.y/z' }],
    ['a weak secret', { url: 'https://x.y', secret: 'whsec_abc' }],
    ['a type that is none', { url: 'https://x.y', events: ['succeeded'] }],
    ['a typo', { url: 'https://x.y', event: [] }],
  ])('refuse %s', async (_, body) => {
    expect((await b.ask('/v1/x/webhooks', { method: 'POST', body })).status).toBe(400);
  });
});
