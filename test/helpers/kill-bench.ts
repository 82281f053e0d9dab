/** What a kill is measured by: an uninterrupted run of the same job, and everything that must hold afterwards. */
import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect } from 'vitest';
import type { Client } from '../../functions/entries/cli/client.ts';
import { uniformAt } from '../../shared/random.ts';
import { temporary } from './database.ts';
import { catchMoment, CLI, eventFiles, type Killable, readText, serveProcess } from './killable.ts';
import { curveOf, recipe, songs, STEPS } from './songs.ts';
import { writeTinyBase } from './tiny-base.ts';

/** Numbers in [0, 1); KILL_SEED chooses others. */
export const chance = uniformAt(Number(process.env['KILL_SEED'] ?? 7), 'kill');
/** A step from `low` to `high`. */
export const stepFrom = (i: number, low: number, high: number): number =>
  low + Math.floor(chance(i) * (high - low + 1));

export const folder = temporary('kill');
export const base = writeTinyBase(join(folder, 'base'));
const rows = join(folder, 'train.jsonl');
const jobYaml = join(folder, 'job.yaml');
writeFileSync(rows, songs());
writeFileSync(jobYaml, recipe(base));
export const trainArgs = (out: string) => [
  CLI,
  'train',
  rows,
  '--base',
  base,
  '--recipe',
  jobYaml,
  '--out',
  out,
  '--json',
];
export const env = { PATH: process.env['PATH'], DROPTUNE_HOME: join(folder, 'train-home') };

const reference = join(folder, 'reference');
const live: Killable[] = [];
export const serve = async (home: string, more: Record<string, string> = {}): Promise<Killable> => {
  const service = await serveProcess(home, more);
  live.push(service);
  return service;
};
export const homeOf = (name: string): string => {
  const home = join(folder, name);
  mkdirSync(home);
  return home;
};

beforeAll(() => promisify(execFile)(process.execPath, trainArgs(reference), { env }), 240_000);
afterAll(async () => {
  await Promise.all(live.map((service) => service.kill()));
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

const adapterOf = (run: string): Buffer => readFileSync(join(run, 'adapter/adapter_model.safetensors'));

/** Forty steps, the numbers of every one and the adapter as if nothing had happened. */
export const expectSame = (run: string): void => {
  const curve = curveOf(join(run, 'metrics.jsonl'));
  expect(curve.map(({ step }) => step)).toEqual(Array.from({ length: STEPS }, (_, i) => i + 1));
  expect(curve).toEqual(curveOf(join(reference, 'metrics.jsonl')));
  expect(adapterOf(run).equals(adapterOf(reference))).toBe(true);
};

export const logOf = (home: string): string => readText(join(home, 'service.log'));
const outboxOf = (home: string, path: string): { job: string | null; status: string } | null => {
  const text = readText(join(home, 'bucket/outbox', path, 'status.json'));
  return text === '' ? null : (JSON.parse(text) as { job: string | null; status: string });
};

/** The job that a drop has led to, once the outbox names it. */
export const jobOf = (home: string, path: string): Promise<string> =>
  catchMoment(
    () => outboxOf(home, path)?.job ?? null,
    () => `outbox/${path} names a job\n${logOf(home)}`,
  );

/** Waits until the outbox says how the job ended: then everything else is there. */
export const endOf = (home: string, path: string): Promise<unknown> =>
  catchMoment(
    () => (/succeeded|failed|cancelled/.test(outboxOf(home, path)?.status ?? '') ? true : null),
    () => `outbox/${path} says how it ended\n${logOf(home)}`,
  );

/** Whatever was killed: one model, each event once, those of each attempt without gaps and all heard of. */
export const expectWhole = async (
  client: Client,
  home: string,
  job: string,
  attempts: number,
): Promise<void> => {
  expect(await client.job(job)).toMatchObject({
    status: 'succeeded',
    x_attempt: attempts,
    x_losses: attempts - 1,
  });
  const events = (await client.events(job, { limit: 100 })).data.toReversed();
  const ids = events.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const count = (type: string): number => events.filter(({ x_event }) => x_event === type).length;
  const single = ['created', 'validated', 'queued', 'evaluated', 'succeeded'];
  expect(single.map((type) => [type, count(type)])).toEqual(single.map((type) => [type, 1]));
  expect([count('claimed'), count('lost'), count('failed')]).toEqual([attempts, attempts - 1, 0]);
  for (let n = 1; n <= attempts; n++) {
    const written = eventFiles(join(home, 'bucket/runs', job, String(n))).map(({ id }) => id);
    expect(written).toEqual(written.map((_, i) => `${job}.${n}.${i + 1}`));
    expect(ids.filter((id) => id.startsWith(`${job}.${n}.`))).toEqual(written);
  }
  const models = readdirSync(join(home, 'bucket/models')).filter(
    (name) => name.endsWith('.json') && readText(join(home, 'bucket/models', name)).includes(job),
  );
  expect(models).toHaveLength(1);
  expectSame(join(home, 'bucket/runs', job, String(attempts)));
};
