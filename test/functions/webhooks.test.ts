import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, test } from 'vitest';
import { cancelJob } from '../../functions/control-job.ts';
import { deliver } from '../../functions/deliver.ts';
import { ingest } from '../../functions/ingest.ts';
import { judge, parseRetryAfter, pauseAfter } from '../../functions/webhooks/backoff.ts';
import { sign } from '../../functions/webhooks/sign.ts';
import { findEndpoint, listDeliveries, saveEndpoint } from '../../shared/db/webhooks.ts';
import { bench, type Bench, faq, put, settle } from '../helpers/control-plane.ts';

type Seen = { readonly headers: Record<string, string>; readonly body: string; readonly url: string };
const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

/** A sink on this machine that answers as told, the last answer again and again. */
const sink = async (...answers: ((response: ServerResponse) => void)[]) => {
  const seen: Seen[] = [];
  const server = createServer(async (request: IncomingMessage, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const answer = answers[Math.min(seen.length, answers.length - 1)]!;
    seen.push({ headers: request.headers as Record<string, string>, body, url: request.url ?? '' });
    answer(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => server.close());
  return { seen, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` };
};
const say =
  (status: number, headers: Record<string, string> = {}) =>
  (r: ServerResponse) =>
    void r.writeHead(status, headers).end();

const endpoint = async (b: Bench, url: string, over = {}) => {
  const row = {
    id: 'we_1',
    url,
    secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    events: null,
    job: null,
    disabled_at_ms: null,
    created_at_ms: 1,
    ...over,
  };
  await saveEndpoint(b.deps.db, row);
  return row;
};
const run = async (b: Bench) => {
  const outcome = await ingest(b.deps, put(b, 'faq.jsonl', faq()));
  await settle(b.deps);
  return outcome.kind === 'job' ? outcome.job.id : '';
};

const signatureOf = (secret: string) => sign(secret, { id: 'a', at_ms: 0, body: 'b' })['webhook-signature'];

describe('the signature', () => {
  // https://github.com/standard-webhooks/standard-webhooks, test vector of its libraries
  test('is the one of the standard', () => {
    const headers = sign('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', {
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      at_ms: 1614265330_999,
      body: '{"test": 2432232314}',
    });
    expect(headers).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });
  test('is the same for a secret without its prefix, and needs one', () => {
    expect(signatureOf('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')).toBe(
      signatureOf('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'),
    );
    expect(() => signatureOf('whsec_')).toThrow(TypeError);
  });
});

describe('when to try again', () => {
  test('at once, then after the pauses of the table, ten times in all', () => {
    const minutes = Array.from({ length: 11 }, (_, tries) => pauseAfter(tries)).map(
      (ms) => ms && ms / 60_000,
    );
    expect(minutes).toEqual([0, 5 / 60, 5, 30, 120, 300, 600, 840, 1200, 1440, null]);
  });
  test('a receiver may ask for longer, not for ever, and not for less', () => {
    expect(pauseAfter(1, 60_000)).toBe(60_000);
    expect(pauseAfter(2, 1000)).toBe(300_000);
    expect(pauseAfter(1, 1e12)).toBe(86_400_000);
    expect(pauseAfter(10, 1000)).toBeNull();
  });
  test.each([
    ['120', 120_000],
    ['Thu, 01 Jan 1970 00:01:00 GMT', 55_000],
    ['Thu, 01 Jan 1970 00:00:01 GMT', 0],
    ['soon', null],
    [null, null],
  ])('retry-after: %s', (header, ms) => {
    expect(parseRetryAfter(header, 5000)).toBe(ms);
  });
  test.each([
    [200, 'delivered'],
    [204, 'delivered'],
    [299, 'delivered'],
    [199, 'again'],
    [301, 'again'],
    [404, 'again'],
    [410, 'disable'],
    [503, 'again'],
    [null, 'again'],
  ])('%s is %s', (status, verdict) => {
    expect(judge(status)).toBe(verdict);
  });
});

describe('a delivery', () => {
  test('is thin, signed, and verified by the standard’s own library', async () => {
    const b = await bench();
    b.clock.ms = Date.now();
    const { seen, url } = await sink(say(200));
    const { secret } = await endpoint(b, url);
    const id = await run(b);
    expect(seen).toHaveLength(1);
    const { headers, body } = seen[0]!;
    const payload = new Webhook(secret).verify(body, headers);
    expect(payload).toEqual({
      object: 'event',
      id: `${id}.1.5`,
      type: 'fine_tuning.job.succeeded',
      created_at: 5,
      data: { id },
    });
    expect(await listDeliveries(b.deps.db, 'we_1', 9)).toMatchObject([
      { status: 'delivered', attempts: 1, response_status: 200 },
    ]);
  });
  test('is tried again with the same id and a new signature, until somebody is there', async () => {
    const b = await bench();
    const { seen, url } = await sink(say(503), say(302, { location: '/elsewhere' }), say(204));
    await endpoint(b, url);
    await run(b);
    expect(seen).toHaveLength(1);
    b.clock.ms += 4999;
    await settle(b.deps);
    expect(seen).toHaveLength(1);
    b.clock.ms += 1;
    await settle(b.deps);
    b.clock.ms += 300_000;
    await settle(b.deps);
    expect(seen.map((s) => s.url)).toEqual(['/hook', '/hook', '/hook']);
    expect(new Set(seen.map((s) => s.headers['webhook-id'])).size).toBe(1);
    expect(new Set(seen.map((s) => s.headers['webhook-signature'])).size).toBe(3);
    expect(await listDeliveries(b.deps.db, 'we_1', 9)).toMatchObject([{ status: 'delivered', attempts: 3 }]);
  });
  test('waits as long as the receiver asks', async () => {
    const b = await bench();
    const { seen, url } = await sink(say(429, { 'retry-after': '60' }), say(200));
    await endpoint(b, url);
    await run(b);
    b.clock.ms += 59_000;
    await settle(b.deps);
    expect(seen).toHaveLength(1);
    b.clock.ms += 1000;
    await settle(b.deps);
    expect(seen).toHaveLength(2);
  });
  test('is given up after ten tries, where nobody listens', async () => {
    const b = await bench();
    const { url } = await sink(say(200));
    closing.splice(0).forEach((close) => close());
    await endpoint(b, url);
    await run(b);
    for (let i = 0; i < 12; i++) {
      b.clock.ms += 86_400_000;
      await settle(b.deps);
    }
    expect(await listDeliveries(b.deps.db, 'we_1', 9)).toMatchObject([
      { status: 'failed', attempts: 10, last_error: expect.stringContaining('ECONNREFUSED') },
    ]);
  });
  test('that is answered by 410 disables its endpoint', async () => {
    const b = await bench();
    const { seen, url } = await sink(say(410));
    await endpoint(b, url);
    await run(b);
    expect((await findEndpoint(b.deps.db, 'we_1')).disabled_at_ms).not.toBeNull();
    b.clock.ms += 1e9;
    await settle(b.deps);
    const [delivery] = await listDeliveries(b.deps.db, 'we_1', 9);
    expect(delivery?.status).toBe('failed');
    expect(await deliver(b.deps, { delivery: delivery!.id })).toBeNull();
    expect(seen).toHaveLength(1);
  });
});

describe('who hears of what', () => {
  test('the endpoint of the environment and the one of the recipe, with the service’s secret', async () => {
    const [all, own] = [await sink(say(200)), await sink(say(200))];
    const b = await bench();
    b.clock.ms = Date.now();
    const deps = { ...b.deps, settings: { ...b.deps.settings, webhook_url: all.url } };
    put(b, 'q/job.yaml', `webhook: { url: ${own.url} }\n`);
    await ingest(deps, put(b, 'q/train.jsonl', faq()));
    await settle(deps);
    await ingest(deps, put(b, 'other.jsonl', faq(40, 'other')));
    await settle(deps);
    expect([all.seen.length, own.seen.length]).toEqual([2, 1]);
    for (const { headers, body } of [...all.seen, ...own.seen])
      new Webhook(deps.settings.webhook_secret).verify(body, headers);
  });
  test('those who ask for other events get those alone', async () => {
    const b = await bench();
    const { seen, url } = await sink(say(200));
    await endpoint(b, url, { events: ['fine_tuning.job.checkpointed', 'fine_tuning.job.created'] });
    await run(b);
    expect(seen.map(({ body }) => (JSON.parse(body) as { type: string }).type).toSorted()).toEqual([
      'fine_tuning.job.checkpointed',
      'fine_tuning.job.created',
    ]);
  });
  test('a cancelled job and a refused dataset are told too', async () => {
    const b = await bench();
    const { seen, url } = await sink(say(200));
    await endpoint(b, url);
    const first = await ingest(b.deps, put(b, 'a.jsonl', faq()));
    if (first.kind === 'job') await cancelJob(b.deps, first.job.id);
    await ingest(b.deps, put(b, 'b.jsonl', ''));
    await settle(b.deps);
    expect(seen.map(({ body }) => (JSON.parse(body) as { type: string }).type).toSorted()).toEqual([
      'fine_tuning.job.cancelled',
      'fine_tuning.job.failed',
    ]);
  });
});
