import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runKeys } from '../../shared/keys.ts';
import { objectUri } from '../../shared/storage/index.ts';
import { makeRun, type FakeEngine, type TestRun } from '../helpers/engine-run.ts';
import { eventsOf, putJson, tempFolder, textOf, until } from '../helpers/engine-store.ts';
import { identify } from '../../shared/process-identity.ts';

const MAIN = fileURLToPath(new URL('../../dist/gpu-worker/main.js', import.meta.url));
const PRELOAD = new URL('../helpers/engine-preload.mjs', import.meta.url).href;

/** The built worker as a process of its own, with the stand-in for an engine. */
const start = (
  run: TestRun,
  fake: FakeEngine = {},
  args = ['worker', objectUri(run.storage, run.specKey())],
) => {
  const env = {
    ...process.env,
    DROPTUNE_STORAGE: run.storage.uri,
    DROPTUNE_HOME: run.home,
    ENGINE_FAKE: JSON.stringify(fake),
  };
  const child = spawn(process.execPath, ['--import', PRELOAD, MAIN, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.resume();
  const exited = new Promise<number | null>((resolve) => child.on('close', resolve));
  return {
    child,
    exited,
    lines: () =>
      out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
  };
};
const traced = () => join(tempFolder(), 'trace');
const begun = async (trace: string): Promise<number> => {
  const found = () => /begin \d+ (\d+)/.exec(existsSync(trace) ? readFileSync(trace, 'utf8') : '');
  return Number((await until(found))[1]);
};
const typesIn = async (run: TestRun) =>
  (await eventsOf(run.storage.root, run.storage, run.prefix())).map(({ type }) => type);
const running = (run: TestRun) =>
  until(async () => (await textOf(run.storage, runKeys.metrics(run.prefix()))) !== '');

test('a worker prints what its engine says, line by line, and exits 0', async () => {
  const run = await makeRun();
  const { exited, lines } = start(run);
  expect(await exited).toBe(0);
  expect(lines().filter(({ type }) => type === 'metrics')).toHaveLength(6);
  expect(lines().at(-1)).toEqual({ type: 'done', trained_tokens: 48, verdict: 'improved' });
  expect(await typesIn(run)).toContain('succeeded');
});

test('a failed run exits 1, a claimed one 3, a missing one and a wrong command 2', async () => {
  const run = await makeRun();
  const failing = start(run, { die_at: 1, how: 'exit' });
  expect(await failing.exited).toBe(1);
  expect(failing.lines().at(-1)).toMatchObject({ type: 'failed', code: 'engine_failed' });
  const codes = await Promise.all([
    start(run).exited,
    start(run, {}, ['worker', objectUri(run.storage, run.specKey(7))]).exited,
    start(run, {}, ['nothing']).exited,
    start(run, {}, ['worker']).exited,
  ]);
  expect(codes).toEqual([3, 2, 2, 2]);
});

test('SIGTERM ends in a checkpoint, no last event and exit 75', async () => {
  const run = await makeRun();
  const { child, exited } = start(run, { steps: 1_000, step_ms: 10 });
  await running(run);
  child.kill('SIGTERM');
  expect(await exited).toBe(75);
  expect((await typesIn(run)).findLast((type) => type !== 'progressed')).toBe('checkpointed');
});

test('a paused run exits 75', async () => {
  const run = await makeRun();
  await putJson(run.storage, runKeys.control(run.prefix()), { rev: 1, want: 'pause' });
  expect(await start(run).exited).toBe(75);
  expect((await typesIn(run)).at(-1)).toBe('paused');
});

test('when the worker is killed outright its engine ends by itself', async () => {
  const run = await makeRun();
  const trace = traced();
  const { child, exited } = start(run, { steps: 100_000, step_ms: 10, trace });
  const engine = await begun(trace);
  child.kill('SIGKILL');
  expect(await exited).toBeNull();
  await until(() => readFileSync(trace, 'utf8').includes('orphan'));
  await until(() => identify(engine) === null);
  expect(await typesIn(run)).not.toContain('failed');
});

test("the engine's heap has a limit and keeps the options it was given", async () => {
  const run = await makeRun();
  const trace = traced();
  expect(await start(run, { trace }).exited).toBe(0);
  expect(readFileSync(trace, 'utf8')).toMatch(/begin 0 \d+ .*--max-old-space-size=\d{3,4}\n/);
});
