import { spawn } from 'node:child_process';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { fcLauncher } from '../../../functions/launchers/fc.ts';
import { Invocation } from '../../../shared/contracts/invocation.ts';
import { until } from '../../helpers/engine-store.ts';
import { type FcStandIn, startFc } from '../../helpers/fc-stand-in.ts';
import type { FcFunction, Runner } from '../../helpers/fc-tasks.ts';
import { testLauncher } from '../../suites/launcher.ts';

const PROGRAM = new URL('../../helpers/launched-worker.mjs', import.meta.url).pathname;

/** Starts the worker of the suite, as a container would. */
const runProgram: Runner = async (event, { signal }) => {
  const { spec_uri, store } = Invocation.parse(JSON.parse(event));
  const child = spawn(process.execPath, [PROGRAM, 'worker', spec_uri], {
    env: { DROPTUNE_STORAGE: store },
    stdio: 'ignore',
  });
  signal.addEventListener('abort', () => child.kill('SIGKILL'));
  const [code] = await once(child, 'close');
  return code === 0;
};
/** Is at work until it is ended. */
const waits: Runner = (_, { signal }) =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(false)));
const succeeds: Runner = async () => true;
const fails: Runner = async () => false;

type Over = Partial<Parameters<typeof fcLauncher>[0]>;
const launcherFor = ({ url, name, account }: FcStandIn, over: Over = {}) =>
  fcLauncher({
    api: 'fc3',
    account: account.account,
    region: 'cn-hangzhou',
    function: name,
    endpoint: url,
    instanceType: 'fc.gpu.tesla.1',
    pause_ms: 1,
    credentials: () => ({ id: account.id, secret: account.secret, token: account.token }),
    ...over,
  });

/** Without a name server nobody can say that there is no such place. */
const unresolved = await lookup('nowhere.invalid').then(
  () => false,
  (error: NodeJS.ErrnoException) => error.code === 'ENOTFOUND',
);

const started: FcStandIn[] = [];
const start = async (run: Runner, more: Omit<Parameters<typeof startFc>[0], 'run'> = {}) => {
  const fc = await startFc({ run, ...more });
  started.push(fc);
  return fc;
};
const closeAll = async () => {
  for (const fc of started.splice(0)) await fc.close();
};

const ATTEMPT = { job: 'ftjob-1', attempt: 2, store: 'oss://b', specUri: 'oss://b/runs/ftjob-1/2/spec.json' };
const LAUNCHED = { kind: 'launched', machine: 'fc:svc$worker:ftjob-1-2' };
const reaches = (fc: FcStandIn, status: string) => until(() => fc.tasks.get('ftjob-1-2')?.status === status);

describe.each(['fc3', 'fc2'] as const)('%s', (api) => {
  afterAll(closeAll);
  testLauncher(
    async () => {
      const fc = await start(runProgram);
      const wrong = { credentials: () => ({ id: fc.account.id, secret: 'another' }) };
      return {
        launcher: launcherFor(fc, { api }),
        broken: launcherFor(fc, { api, ...wrong }),
        keepsLog: false,
      };
    },
    (full) => {
      if (full) started.at(-1)!.mishaps.push({ status: 429, code: 'ResourceExhausted' });
    },
  );
});

describe('a task', () => {
  afterEach(closeAll);
  const states: [string, Runner, Partial<FcFunction>, string, (fc: FcStandIn) => void][] = [
    ['Enqueued', waits, { instances: 0 }, 'waiting', () => {}],
    ['Running', waits, {}, 'running', () => {}],
    ['Succeeded', succeeds, {}, 'gone', () => {}],
    ['Failed', fails, {}, 'gone', () => {}],
    ['Failed', waits, { timeout: 0.05 }, 'gone', () => {}],
    ['Expired', succeeds, { instances: 0, maxAsyncEventAgeInSeconds: 0.01 }, 'gone', () => {}],
    ['Invalid', succeeds, { instances: 0 }, 'gone', (fc) => fc.deleteFunction()],
  ];
  test.each(states)('that is %s', async (status, run, settings, state, meanwhile) => {
    const fc = await start(run);
    const launcher = launcherFor(fc);
    await launcher.launch({ ...ATTEMPT, attempt: 1 }); // the settings are in order
    await until(() => fc.tasks.get('ftjob-1-1')?.status !== 'Enqueued');
    Object.assign(fc.fn, settings);
    expect(await launcher.launch(ATTEMPT)).toEqual(LAUNCHED);
    meanwhile(fc);
    await reaches(fc, status);
    expect(await launcher.state(LAUNCHED.machine)).toBe(state);
  });

  test('that is stopped has been told so, wherever it was', async () => {
    const fc = await start(waits);
    const launcher = launcherFor(fc);
    await launcher.launch(ATTEMPT);
    await reaches(fc, 'Running');
    await launcher.cancel(LAUNCHED.machine);
    await reaches(fc, 'Stopped');
    expect(fc.tasks.get('ftjob-1-2')?.history).toContain('Stopping');
    fc.fn.instances = 0;
    await launcher.launch({ ...ATTEMPT, attempt: 3 });
    await launcher.cancel('fc:svc$worker:ftjob-1-3');
    await until(() => fc.tasks.get('ftjob-1-3')?.status === 'Stopped');
    expect(fc.tasks.get('ftjob-1-3')?.history).toEqual(['Enqueued', 'Stopped']);
  });

  test('of which nothing is known is left to the heartbeat', async () => {
    const launcher = launcherFor(await start(waits));
    expect(await launcher.state('fc:svc$worker:ftjob-9-9')).toBe('unknown');
    await launcher.cancel('fc:svc$worker:ftjob-9-9');
    expect(await launcher.logs('fc:svc$worker:ftjob-9-9')).toBeNull();
  });

  test('that failed says why, and where its lines are', async () => {
    const fc = await start(fails);
    const launcher = launcherFor(fc);
    await launcher.launch(ATTEMPT);
    await reaches(fc, 'Failed');
    const { requestId } = fc.tasks.get('ftjob-1-2')!;
    expect(await launcher.logs(LAUNCHED.machine)).toEqual({
      text: expect.stringMatching(new RegExp(`Failed, UnhandledInvocationError\n.*${requestId}`)),
      where: 'https://fcnext.console.aliyun.com/cn-hangzhou/functions/svc$worker?tab=logging',
    });
  });
});

describe('a launch', () => {
  afterEach(closeAll);
  const BUSY = { status: 503, code: 'ServiceUnavailable' };
  const SEEN = [{ status: 409, code: 'StatefulAsyncInvocationAlreadyExists' }, BUSY];
  const answerOf = async (mishaps: FcStandIn['mishaps'], over: Over = {}) => {
    const fc = await start(waits);
    const launcher = launcherFor(fc, over);
    await launcher.launch({ ...ATTEMPT, job: 'ftjob-0' }); // so that mishaps meet what comes after the first look
    fc.mishaps.push(...mishaps);
    fc.requests.length = 0;
    return { fc, launched: await launcher.launch(ATTEMPT) };
  };

  test.each([
    ['the answer is lost', ['lost']],
    ['the connection breaks twice', ['reset', 'reset']],
    ['the platform has a bad moment', [{ status: 500, code: 'InternalServerError' }]],
    ['a gateway gives no reason', ['no body', { status: 502, code: 'BadGateway' }]],
    ['all answers to it are lost', ['lost', 'reset', 'reset']],
    ['the answer is lost and the task cannot be looked at', ['lost', ...SEEN]],
  ] as [string, FcStandIn['mishaps']][])('succeeds although %s', async (_, mishaps) => {
    const { fc, launched } = await answerOf(mishaps);
    expect(launched).toEqual(LAUNCHED);
    expect(fc.tasks.has('ftjob-1-2')).toBe(true);
  });

  test.each([
    ['a quota is used up', [{ status: 429, code: 'ResourceExhausted' }], /ResourceExhausted: said/],
    ['the region has no cards left', [{ status: 503, code: 'ResourceThrottled' }], /ResourceThrottled/],
    ['the platform does not answer', ['reset', 'reset', 'reset'], /does not start ftjob-1-2/],
    ['the platform has the task and never shows it', [...SEEN, ...SEEN, ...SEEN, BUSY], /does not show it/],
  ] as [string, FcStandIn['mishaps'], RegExp][])('comes later when %s', async (_, mishaps, reason) => {
    const { fc, launched } = await answerOf(mishaps);
    expect(launched).toEqual({ kind: 'later', reason: expect.stringMatching(reason) });
    expect(fc.tasks.has('ftjob-1-2')).toBe(false);
  });

  test.each([
    [
      'with another secret',
      { credentials: () => ({ id: 'LTAI-test', secret: 'x' }) },
      /SignatureNotMatch/,
      /key/,
    ],
    ['of a function that is not there', { function: 'svc$none' }, /FunctionNotFound/, /DROPTUNE_FC_FUNCTION/],
  ] as [string, Over, RegExp, RegExp][])('%s fails, and says how to mend it', async (_, over, what, hint) => {
    const launcher = launcherFor(await start(waits), over);
    await expect(launcher.launch(ATTEMPT)).rejects.toMatchObject({
      code: 'launch_failed',
      message: expect.stringMatching(what),
      details: { hint: expect.stringMatching(hint) },
    });
  });

  test.runIf(unresolved)('to a place that is none fails, and says how to mend it', async () => {
    const launcher = launcherFor(await start(waits), { endpoint: 'http://nowhere.invalid' });
    const hint = expect.stringMatching(/FC_REGION/);
    await expect(launcher.launch(ATTEMPT)).rejects.toMatchObject({ details: { hint } });
  });

  test('with more than the queue takes fails', async () => {
    const launcher = launcherFor(await start(waits));
    const specUri = `oss://b/${'x'.repeat(140_000)}`;
    await expect(launcher.launch({ ...ATTEMPT, specUri })).rejects.toThrow(/EntityTooLarge/);
  });

  test('signs with a token of the role, the one of the moment', async () => {
    const account = { account: '1', id: 'STS.a', secret: 's', token: 'second' };
    const fc = await start(waits, { account });
    let token = 'first';
    const launcher = launcherFor(fc, { credentials: () => ({ id: 'STS.a', secret: 's', token }) });
    await expect(launcher.launch(ATTEMPT)).rejects.toMatchObject({ message: /InvalidSecurityToken/ });
    token = 'second';
    expect(await launcher.launch(ATTEMPT)).toEqual(LAUNCHED);
  });

  test('is of a key that begins otherwise than STS with its token too', async () => {
    const account = { account: '1', id: 'TMP.a', secret: 's', token: 't' };
    expect(await launcherFor(await start(waits, { account })).launch(ATTEMPT)).toEqual(LAUNCHED);
  });

  test('looks at the settings of the function once, and names all that is wrong', async () => {
    const wrong = { runtime: 'nodejs20', timeout: 60, instanceConcurrency: 20, asyncTask: false };
    const fc = await start(waits, { settings: wrong });
    const launcher = launcherFor(fc, { instanceType: undefined });
    const { hint } = await launcher.launch(ATTEMPT).catch((error) => error.details);
    for (const word of [
      'custom-container',
      '86400',
      'instanceConcurrency',
      'asyncTask',
      'RetryAttempts',
      'no GPU',
    ])
      expect(hint).toContain(word);
    Object.assign(fc.fn, {
      ...wrong,
      runtime: 'custom-container',
      timeout: 86_400,
      instanceConcurrency: 1,
      asyncTask: true,
    });
    delete (fc.fn as Partial<FcFunction>).gpuConfig;
    expect(await launcher.launch(ATTEMPT)).toEqual(LAUNCHED);
    fc.requests.length = 0;
    await launcher.launch({ ...ATTEMPT, attempt: 3 });
    expect(fc.requests).toEqual(['POST /2023-03-30/functions/svc$worker/invocations']);
  });
});
