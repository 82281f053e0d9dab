/** Files dropped into the folder of a running service: each ends in exactly one clear outcome. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSink, type Received, type Sink } from '../../functions/entries/demo/sink.ts';
import { faq } from '../helpers/control-plane.ts';
import { temporary } from '../helpers/database.ts';
import { runService, type Running, until } from '../helpers/service.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
let running: Running;
let sink: Sink;
const heard: Received[] = [];

beforeAll(async () => {
  running = await runService(temporary('e2e'));
  sink = await openSink(SECRET, (webhook) => heard.push(webhook));
  await running.client.addWebhook(sink.url, SECRET);
});
afterAll(async () => {
  await running.service.close();
  await sink.close();
});

/** Jobs of one project, so that every case counts its own. */
const jobsOf = async (project: string) =>
  (await running.client.jobs({ limit: 100 })).data.filter((job) => job.x_project === project);

describe('a file in the inbox', () => {
  test('becomes an adapter in the outbox, with a signed webhook', async () => {
    running.drop('whole/faq.jsonl', faq());
    const status = await running.outcome('whole/faq');
    expect(status).toMatchObject({ status: 'succeeded', verdict: 'improved', error: null });
    expect(status['files']).toEqual(
      expect.arrayContaining(['report.html', 'report.json', 'manifest.json', 'adapter/adapter_config.json']),
    );
    const outbox = join(running.home, 'bucket/outbox/whole/faq');
    expect(readFileSync(join(outbox, 'report.html'), 'utf8')).toContain('<title>report</title>');
    const webhook = await sink.wait(String(status['job']), 20_000);
    expect(webhook).toEqual({ type: 'fine_tuning.job.succeeded', job: status['job'], verified: true });
  });

  test('dropped twice with the same bytes is one job, and says so', async () => {
    running.drop('twice/faq.jsonl', faq(41));
    const first = await running.outcome('twice/faq');
    running.drop('twice/faq.jsonl', faq(41));
    const said = await until(async () => {
      const status = await running.outcome('twice/faq');
      return status['duplicate_of'] === null ? null : status;
    }, 'the duplicate is named');
    expect(said['duplicate_of']).toBe(first['job']);
    expect(await jobsOf('twice')).toHaveLength(1);
    running.drop('twice/faq.jsonl', faq(42));
    await until(
      async () => ((await jobsOf('twice')).length === 2 ? true : null),
      'other bytes are another job',
    );
  });

  test('of no bytes is refused', async () => {
    running.drop('empty/nothing.jsonl', '');
    expect(await running.outcome('empty/nothing')).toMatchObject({
      status: 'failed',
      error: { code: 'invalid_training_file', param: 'training_file' },
    });
    expect(await jobsOf('empty')).toHaveLength(1);
  });

  test('that is no text is refused', async () => {
    const bytes = Uint8Array.from({ length: 4096 }, (_, i) => (i * 167 + 13) % 256);
    running.drop('binary/photo.jsonl', bytes);
    expect(await running.outcome('binary/photo')).toMatchObject({
      status: 'failed',
      error: { code: 'invalid_training_file' },
    });
    expect(await jobsOf('binary')).toHaveLength(1);
  });

  test('with a byte order mark and lines of Windows is as good as any', async () => {
    running.drop('windows/faq.jsonl', `\uFEFF${faq().replaceAll('\n', '\r\n')}\r\n`);
    const { job, status } = await running.outcome('windows/faq');
    expect(status).toBe('succeeded');
    expect(await running.client.dataset(String(job))).toMatchObject({
      status: 'ready',
      rows: { in: 40, quarantined: 0 },
    });
    expect(await jobsOf('windows')).toHaveLength(1);
  });

  test('that is still being written is left alone until it is whole', async () => {
    const whole = faq(50);
    running.drop('slow/faq.jsonl', whole.slice(0, 200));
    for (let end = 400; end < 2000; end += 400) {
      await new Promise((done) => setTimeout(done, 700));
      running.drop('slow/faq.jsonl', whole.slice(0, end));
    }
    running.drop('slow/faq.jsonl', whole);
    const { job } = await running.outcome('slow/faq');
    expect(await running.client.dataset(String(job))).toMatchObject({ rows: { in: 50 } });
    expect(await jobsOf('slow')).toHaveLength(1);
  });

  test('in a folder waits for its marker', async () => {
    running.drop('parts/set/train.jsonl', faq());
    await running.outcome('parts/set', 'waiting');
    running.drop('parts/set/job.yaml', 'training: { n_epochs: 2 }\n');
    const { job } = await running.outcome('parts/set');
    expect(await running.client.job(String(job))).toMatchObject({ hyperparameters: { n_epochs: 2 } });
    expect(await jobsOf('parts')).toHaveLength(1);
  });
});

describe('the service', () => {
  test('has told every ending once', async () => {
    const ended = (await running.client.jobs({ limit: 100 })).data.filter((job) => job.finished_at !== null);
    for (const { id } of ended) await sink.wait(id, 20_000);
    const told = heard.map(({ job }) => job);
    expect(told.toSorted()).toEqual([...new Set(told)].toSorted());
    expect(heard.every(({ verified }) => verified)).toBe(true);
    expect(told.length).toBeGreaterThanOrEqual(ended.length);
  });

  test('has had no trouble that it logged', () => {
    expect(running.logged.filter((line) => line.startsWith('error'))).toEqual([]);
  });
});
