/** kill -9 of the service at three stations: its worker goes on without it, and nothing is lost or told twice. */
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import {
  base,
  chance,
  endOf,
  expectWhole,
  homeOf,
  jobOf,
  logOf,
  serve,
  stepFrom,
} from '../helpers/kill-bench.ts';
import { catchMoment, eventFiles, stepOf, workerPid } from '../helpers/killable.ts';
import { dropFolder, recipe, songs } from '../helpers/songs.ts';

type Heard = { readonly id: string; readonly type: string; readonly body: string };

/** A customer's endpoint that remembers every post. */
const openEndpoint = async (heard: Heard[]) => {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const { type } = JSON.parse(body) as { type: string };
      heard.push({ id: String(request.headers['webhook-id']), type, body });
      response.writeHead(204).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
};

test(
  'kill -9 of the service, three times: its worker goes on, and nothing is doubled',
  { timeout: 600_000 },
  async () => {
    const home = homeOf('service-home');
    const heard: Heard[] = [];
    const endpoint = await openEndpoint(heard);
    const hook = { DROPTUNE_WEBHOOK_URL: endpoint.url };

    const before = await serve(home, hook);
    dropFolder(join(home, 'bucket'), 'acme/song', { 'train.jsonl': songs(), 'job.yaml': recipe(base) });
    await sleep(chance(10) * 2500); // unseen, or seen, or being checked, or just started
    await before.kill();

    const during = await serve(home, hook);
    const job = await jobOf(home, 'acme/song');
    const runs = join(home, 'bucket/runs', job);
    // an attempt that was claimed and not yet launched is given up, and the next one is made
    const attempt = () => (existsSync(runs) ? readdirSync(runs).length : 0);
    const step = stepFrom(11, 1, 25);
    await catchMoment(
      () => (stepOf(home, job, attempt()) >= step ? true : null),
      () => `the worker makes step ${step}\n${logOf(home)}`,
    );
    const run = join(runs, String(attempt()));
    const worker = workerPid(run);
    await during.kill();
    expect(() => process.kill(worker, 0)).not.toThrow();

    const end = await serve(home, hook);
    await catchMoment(
      () => (eventFiles(run).at(-1)?.type === 'succeeded' ? true : null),
      () => `the worker ends\n${logOf(home)}`,
    );
    await sleep(chance(12) * 1500);
    await end.kill();

    const { client } = await serve(home, hook);
    await endOf(home, 'acme/song');
    await catchMoment(
      () => (heard.length > 0 ? true : null),
      () => `a webhook comes\n${logOf(home)}`,
    );
    await expectWhole(client, home, job, attempt());
    expect(attempt()).toBeLessThanOrEqual(2);
    expect((await client.jobs({ limit: 9 })).data).toHaveLength(1);
    expect(readdirSync(join(home, 'bucket/datasets'))).toHaveLength(1);
    // one whose answer was cut off by the kill comes again, under its id
    expect(new Set(heard.map(({ id }) => id)).size).toBe(1);
    expect(new Set(heard.map(({ body }) => body)).size).toBe(1);
    expect(heard[0]?.type).toBe('fine_tuning.job.succeeded');
    endpoint.server.close();
  },
);
