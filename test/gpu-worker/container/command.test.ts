import { afterEach, expect, test } from 'vitest';
import type { Invocation } from '../../../shared/contracts/invocation.ts';
import { runKeys } from '../../../shared/keys.ts';
import { objectUri } from '../../../shared/storage/index.ts';
import { type FakeEngine, makeRun, type TestRun } from '../../helpers/engine-run.ts';
import { eventsOf, textOf, until } from '../../helpers/engine-store.ts';
import { runWorkerOnce, startContainer, type WorkerContainer } from '../../helpers/worker-container.ts';

const started: WorkerContainer[] = [];
afterEach(() => started.splice(0).forEach(({ child }) => child.kill('SIGKILL')));

const containerFor = async (run: TestRun, fake: FakeEngine) => {
  const container = await startContainer({ env: { DROPTUNE_HOME: run.home }, fake });
  started.push(container);
  return container;
};
const eventFor = (run: TestRun): string =>
  JSON.stringify({
    version: 1,
    spec_uri: objectUri(run.storage, run.specKey()),
    store: run.storage.uri,
  } satisfies Invocation);
const invoke = ({ url }: WorkerContainer, run: TestRun) =>
  fetch(`${url}/invoke`, {
    method: 'POST',
    body: eventFor(run),
    headers: { 'x-fc-request-id': 'r-1', 'content-type': 'application/octet-stream' },
  });
const typesIn = async (run: TestRun) =>
  (await eventsOf(run.storage.root, run.storage, run.prefix())).map(({ type }) => type);

test('a container trains one run after another, and a duplicate touches nothing', async () => {
  const [first, second] = [await makeRun(), await makeRun()];
  const container = await containerFor(first, {});
  for (const run of [first, second]) {
    expect((await invoke(container, run)).status).toBe(200);
    expect((await typesIn(run)).at(-1)).toBe('succeeded');
  }
  const before = await typesIn(first);
  const again = await invoke(container, first);
  expect([again.status, await again.text()]).toEqual([200, expect.stringContaining('another worker')]);
  expect(await typesIn(first)).toEqual(before);
  expect(container.output()).toMatch(/FC Invoke Start RequestId: r-1\n[^]*"type":"done"[^]*FC Invoke End/);
});

test('SIGTERM ends in a checkpoint, an answer and exit 0', async () => {
  const run = await makeRun();
  const container = await containerFor(run, { steps: 1_000, step_ms: 10 });
  const answer = invoke(container, run);
  await until(async () => (await textOf(run.storage, runKeys.metrics(run.prefix()))) !== '');
  container.child.kill('SIGTERM');
  expect(await (await answer).text()).toContain('can be resumed');
  expect(await container.exited).toBe(0);
  expect((await typesIn(run)).findLast((type) => type !== 'progressed')).toBe('checkpointed');
});

test('a container that is no web server finds its event in the environment', async () => {
  const run = await makeRun();
  const env = { DROPTUNE_HOME: run.home, FC_CUSTOM_CONTAINER_EVENT: eventFor(run) };
  expect((await runWorkerOnce({ env, fake: {} })).code).toBe(0);
  expect((await typesIn(run)).at(-1)).toBe('succeeded');
  const broken = await runWorkerOnce({ env: { ...env, FC_CUSTOM_CONTAINER_EVENT: '{}' }, fake: {} });
  expect(broken.code).toBe(2);
});

test('a port that is none, or is taken, is said', async () => {
  const none = await runWorkerOnce({ env: { FC_SERVER_PORT: 'moon' }, args: ['--serve'] });
  expect([none.code, none.output]).toEqual([2, expect.stringContaining('moon is no port')]);
  const { url } = await containerFor(await makeRun(), {});
  const taken = await runWorkerOnce({ env: { FC_SERVER_PORT: new URL(url).port }, args: ['--serve'] });
  expect([taken.code, taken.output]).toEqual([2, expect.stringContaining('EADDRINUSE')]);
});
