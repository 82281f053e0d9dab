import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { dockerLauncher } from '../../../functions/launchers/docker.ts';
import { type DockerStandIn, startDocker } from '../../helpers/docker-stand-in.ts';
import { tempFolder, until } from '../../helpers/engine-store.ts';
import { testLauncher } from '../../suites/launcher.ts';

const PROGRAM = new URL('../../helpers/launched-worker.mjs', import.meta.url).pathname;
const IMAGES = {
  'worker:1': [process.execPath, PROGRAM],
  'quiet:1': [process.execPath, '-e', 'console.log("x".repeat(9000)); console.error("the end")'],
};

const started: DockerStandIn[] = [];
const start = async () => {
  const docker = await startDocker(IMAGES);
  started.push(docker);
  return docker;
};
const closeAll = async () => {
  for (const docker of started.splice(0)) await docker.close();
};

type Over = Partial<Parameters<typeof dockerLauncher>[0]>;
const launcherFor = ({ host }: { host: string }, over: Over = {}) =>
  dockerLauncher({ image: 'worker:1', host, env: {}, ...over });

const attempt = (store = `file:${tempFolder()}`) => ({
  job: 'ftjob-1',
  attempt: 2,
  store,
  specUri: `${store}/runs/ftjob-1/2/spec.json`,
});
const NAME = 'droptune-ftjob-1-2';
const LAUNCHED = { kind: 'launched', machine: `docker:${NAME}` };

describe('a container', () => {
  afterAll(closeAll);
  testLauncher(async () => {
    const docker = await start();
    return {
      launcher: launcherFor(docker),
      broken: launcherFor(docker, { image: 'worker:2' }),
      keepsLog: true,
    };
  });
});

describe('a launch', () => {
  afterEach(closeAll);

  test('hands on what a worker reads and nothing else, and mounts the folder of the store', async () => {
    const docker = await start();
    const env = {
      PATH: '/bin',
      HF_TOKEN: 't',
      AWS_REGION: 'r',
      ALIBABA_CLOUD_SECURITY_TOKEN: 's',
      DROPTUNE_ADMIN_KEY: 'secret',
      DATABASE_URL: 'secret',
      DROPTUNE_DEVICE: undefined,
    };
    const given = attempt();
    const folder = given.store.slice('file:'.length);
    await launcherFor(docker, { env, network: 'own', binds: ['models:/models'] }).launch(given);
    expect(docker.created).toEqual([
      {
        Image: 'worker:1',
        Cmd: ['worker', given.specUri],
        Env: [
          'HF_TOKEN=t',
          'AWS_REGION=r',
          'ALIBABA_CLOUD_SECURITY_TOKEN=s',
          `DROPTUNE_STORAGE=${given.store}`,
        ],
        Labels: { 'droptune.job': 'ftjob-1' },
        Healthcheck: { Test: ['NONE'] },
        StopTimeout: 90,
        User: `${process.getuid!()}:${process.getgid!()}`,
        HostConfig: {
          Binds: ['models:/models'],
          Mounts: [{ Type: 'bind', Source: folder, Target: folder }],
          DeviceRequests: [],
          NetworkMode: 'own',
        },
      },
    ]);
    expect(docker.pruned).toEqual(['{"label":["droptune.job"],"until":["24h"]}']);
  });

  test("leaves user and folders to the image where the store is a cloud's", async () => {
    const docker = await start();
    await launcherFor(docker, { image: 'quiet:1' }).launch(attempt('s3://b'));
    expect(docker.created[0]).not.toHaveProperty('User');
    expect(docker.created[0]?.HostConfig.Mounts).toEqual([]);
  });

  test.each([
    ['all', { Count: -1 }],
    ['2', { Count: 2 }],
    ['0,GPU-3a', { DeviceIDs: ['0', 'GPU-3a'] }],
  ])('asks for cards: %s', async (gpus, cards) => {
    const docker = await start();
    await expect(launcherFor(docker, { gpus }).launch(attempt())).rejects.toMatchObject({
      message: expect.stringContaining('could not select device driver'),
      details: { hint: expect.stringContaining('container toolkit') },
    });
    expect(docker.created[0]?.HostConfig.DeviceRequests).toEqual([
      { Driver: '', Capabilities: [['gpu']], ...cards },
    ]);
    expect(docker.containers.size).toBe(0); // so that the next try finds the name free
  });

  test.each([
    ['a network that is not there', { network: 'nonesuch' }, 'network nonesuch', 'DROPTUNE_DOCKER_NETWORK'],
    ['an image that is not there', { image: 'nope:1' }, 'No such image: nope:1', 'docker pull nope:1'],
  ])('with %s says what to do', async (_, over, what, hint) => {
    await expect(launcherFor(await start(), over).launch(attempt())).rejects.toMatchObject({
      message: expect.stringContaining(what),
      details: { hint: expect.stringContaining(hint) },
    });
  });

  test("of a folder that is not on the engine's machine says what to do", async () => {
    await expect(launcherFor(await start()).launch(attempt('file:/not/there'))).rejects.toMatchObject({
      message: expect.stringContaining('/not/there'),
      details: { hint: expect.stringContaining("the engine's machine") },
    });
  });

  test('of an attempt whose worker has ended does not begin it again', async () => {
    const docker = await start();
    const launcher = launcherFor(docker, { image: 'quiet:1' });
    const given = attempt();
    expect(await launcher.launch(given)).toEqual(LAUNCHED);
    await until(async () => (await launcher.state(LAUNCHED.machine)) === 'gone');
    expect(await launcher.launch(given)).toEqual(LAUNCHED);
    expect(await launcher.state(LAUNCHED.machine)).toBe('gone');
    const log = await launcher.logs(LAUNCHED.machine);
    expect(log).toEqual({ text: expect.stringMatching(/^x+\nthe end\n$/), where: `docker logs ${NAME}` });
    expect(log?.text).toHaveLength(8000);
  });

  test('waits for an engine that does not answer, and nothing is known of its containers', async () => {
    const launcher = launcherFor({ host: 'unix:///nowhere/docker.sock' });
    expect(await launcher.launch(attempt())).toEqual({
      kind: 'later',
      reason: expect.stringMatching(/does not answer at unix:\/\/\/nowhere.*ENOENT/),
    });
    for (const ask of [launcher.state, launcher.cancel, launcher.logs])
      await expect(ask(LAUNCHED.machine)).rejects.toMatchObject({
        code: 'launch_failed',
        details: { hint: expect.stringContaining('DOCKER_HOST') },
      });
  });
});

test('an engine is reached over TCP too, whatever its version, and what is no address is refused', async () => {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url!);
    response.writeHead(404).end('a gateway has its own words');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const launcher = launcherFor({ host: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}` });
  expect(await launcher.state(LAUNCHED.machine)).toBe('gone');
  await expect(launcher.launch(attempt('s3://b'))).rejects.toThrow(/HTTP 404 a gateway has its own words/);
  expect(paths.slice(0, 2)).toEqual(['/_ping', `/containers/${NAME}/json`]);
  server.close();
  for (const host of ['ssh://me@there', 'tcp://there', 'docker.sock'])
    expect(() => launcherFor({ host })).toThrow(/DOCKER_HOST/);
});
