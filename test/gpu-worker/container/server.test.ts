import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createContainer, type Container } from '../../../gpu-worker/container/server.ts';
import { MAX_INVOCATION_BYTES } from '../../../shared/contracts/invocation.ts';
import { tempFolder, until } from '../../helpers/engine-store.ts';

/** Its runs write what they are told into `told`, obey SIGTERM as a worker does, and end as the file `end` says. */
const PROGRAM = `
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const [, , command, spec] = process.argv;
const told = { command, spec };
for (const [name, value] of Object.entries(process.env))
  if (/^(DROPTUNE|ALIBABA|FC|OWN)_/.test(name)) told[name] = value;
process.on('SIGTERM', () => process.exit(75));
writeFileSync(__dirname + '/told.part', JSON.stringify(told));
require('node:fs').renameSync(__dirname + '/told.part', __dirname + '/told');
setInterval(() => existsSync(__dirname + '/end') && process.exit(Number(readFileSync(__dirname + '/end', 'utf8'))), 10);
`;

const SPEC = 'file:/s/runs/j/1/spec.json';
const EVENT = JSON.stringify({ version: 1, spec_uri: SPEC, store: 'file:/s' });

const open: Container[] = [];
afterEach(async () => {
  for (const { stop } of open.splice(0)) await stop();
});

const start = async (env: Record<string, string> = {}) => {
  const folder = tempFolder();
  const main = join(folder, 'main.cjs');
  writeFileSync(main, PROGRAM);
  const said: string[] = [];
  const container = createContainer({ main, env, say: (line) => said.push(line) });
  open.push(container);
  container.server.listen(0, '127.0.0.1');
  await once(container.server, 'listening');
  const url = `http://127.0.0.1:${(container.server.address() as AddressInfo).port}`;
  const ask = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(url + path, init);
    const body = (await response.json()) as { message?: string; error?: Record<string, string> };
    return { status: response.status, fc: response.headers.get('x-fc-status'), ...body };
  };
  return {
    container,
    said,
    url,
    ask,
    invoke: (headers: Record<string, string> = {}, body = EVENT) =>
      ask('/invoke', { method: 'POST', body, headers: { 'x-fc-request-id': 'r-1', ...headers } }),
    end: (code: number) => writeFileSync(join(folder, 'end'), String(code)),
    told: () =>
      until(() => existsSync(join(folder, 'told'))).then(
        () => JSON.parse(readFileSync(join(folder, 'told'), 'utf8')) as Record<string, string>,
      ),
  };
};
const OK = { status: 200, fc: '200' };
const FAILED = { status: 404, fc: '404' };

test('an invocation is answered when its run is over, between two lines with its id', async () => {
  const { ask, invoke, said, told, end } = await start();
  expect(await ask('/initialize', { method: 'POST' })).toMatchObject({ ...OK, message: 'idle' });
  let answered = false;
  const invoked = invoke().finally(() => (answered = true));
  expect(await told()).toMatchObject({ command: 'worker', spec: SPEC, DROPTUNE_STORAGE: 'file:/s' });
  expect(await ask('/healthz')).toMatchObject({ ...OK, message: `at work on ${SPEC}` });
  expect([answered, said.slice(-1)]).toEqual([false, ['FC Invoke Start RequestId: r-1']]);
  end(0);
  expect(await invoked).toMatchObject({ ...OK, message: expect.stringContaining('over') });
  expect(said.slice(-1)).toEqual(['FC Invoke End RequestId: r-1']);
  expect(await ask('/healthz')).toMatchObject({ message: 'idle' });
});

test.each([
  [0, OK],
  [1, FAILED],
  [2, FAILED],
  [3, OK],
  [75, OK],
  [9, FAILED],
])('exit code %i is told as the protocol has it', async (code, expected) => {
  const { invoke, end } = await start();
  end(code);
  expect(await invoke()).toMatchObject({ ...expected, message: expect.stringMatching(/\S/) });
});

test("a run has the role's credential of its own invocation, and no token of another", async () => {
  const { invoke, told, end } = await start({ ALIBABA_CLOUD_SECURITY_TOKEN: 'old', OWN_SETTING: 'kept' });
  end(0);
  await invoke({ 'x-fc-access-key-id': 'STS.id', 'x-fc-access-key-secret': 's' });
  const env = await told();
  expect(env).toMatchObject({
    ALIBABA_CLOUD_ACCESS_KEY_ID: 'STS.id',
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: 's',
    OWN_SETTING: 'kept',
  });
  expect(env).not.toHaveProperty('ALIBABA_CLOUD_SECURITY_TOKEN');
});

test('without a credential in the request a run keeps that of the container', async () => {
  const { invoke, told, end } = await start({ ALIBABA_CLOUD_ACCESS_KEY_ID: 'own' });
  end(0);
  await invoke();
  expect(await told()).toMatchObject({ ALIBABA_CLOUD_ACCESS_KEY_ID: 'own' });
});

test('a second invocation is refused while one runs, and the first goes on', async () => {
  const { invoke, told, end } = await start();
  const first = invoke();
  await told();
  expect(await invoke({ 'x-fc-request-id': 'r-2' })).toMatchObject({
    ...FAILED,
    error: { code: 'launch_failed', message: expect.stringContaining(SPEC), hint: expect.any(String) },
  });
  end(0);
  expect(await first).toMatchObject(OK);
});

test('of two that come at once one runs', async () => {
  const { invoke, told, end } = await start();
  const both = [invoke(), invoke()];
  await told();
  end(0);
  expect((await Promise.all(both)).map(({ status }) => status).toSorted()).toEqual([200, 404]);
});

test.each([
  ['no JSON', 'train!', 'invalid_request'],
  ['of another version', JSON.stringify({ version: 2, spec_uri: SPEC, store: 'file:/s' }), 'invalid_request'],
  ['without a spec', '{"version":1}', 'invalid_request'],
  ['too long', EVENT + ' '.repeat(MAX_INVOCATION_BYTES), 'too_large'],
])('an event that is %s is refused, and the container takes the next', async (_, body, code) => {
  const { invoke, end } = await start();
  expect(await invoke({}, body)).toMatchObject({ ...FAILED, error: { code } });
  end(0);
  expect(await invoke()).toMatchObject(OK);
});

test('before the instance is stopped its run leaves a checkpoint, and nothing more is taken', async () => {
  const { ask, invoke, told } = await start();
  const invoked = invoke();
  await told();
  expect(await ask('/pre-stop')).toMatchObject({ ...OK, message: 'idle' });
  expect(await invoked).toMatchObject({ ...OK, message: expect.stringContaining('resumed') });
  expect(await invoke()).toMatchObject({ ...FAILED, error: { message: expect.stringContaining('stopped') } });
});

test("a run is stopped before the platform's time is over", async () => {
  const { invoke, said } = await start();
  await invoke({ 'x-fc-function-timeout': '31' }); // a run ends only by a signal, or by the file that nobody writes
  expect(said.join('\n')).toMatch(/asked to stop: the platform ends it after 31 s/);
});

test('a run that the platform has given up is stopped, and the container takes the next', async () => {
  const { url, invoke, ask, said, told, end } = await start();
  const giveUp = new AbortController();
  const given = fetch(`${url}/invoke`, { method: 'POST', body: EVENT, signal: giveUp.signal });
  await told();
  giveUp.abort();
  await expect(given).rejects.toThrow();
  await until(async () => (await ask('/healthz')).message === 'idle');
  expect(said.join('\n')).toMatch(/given the invocation up/);
  end(0);
  expect(await invoke()).toMatchObject(OK);
});

test('what is no path of the protocol is not there', async () => {
  const { ask } = await start();
  expect(await ask('/')).toMatchObject({ ...FAILED, error: { code: 'not_found' } });
  expect(await ask('/invoke')).toMatchObject({ ...FAILED, error: { code: 'not_found' } });
});

test('an idle connection lives for a quarter of an hour, and no run is too long', async () => {
  const { server } = (await start()).container;
  expect(server.keepAliveTimeout).toBeGreaterThanOrEqual(15 * 60_000);
  expect([server.requestTimeout, server.timeout]).toEqual([0, 0]);
});
