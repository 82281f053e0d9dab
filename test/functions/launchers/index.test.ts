import { expect, test } from 'vitest';
import { readEnv } from '../../../functions/entries/env.ts';
import { readPrices } from '../../../functions/entries/prices.ts';
import { openLauncher } from '../../../functions/launchers/index.ts';
import { startDocker } from '../../helpers/docker-stand-in.ts';
import { pricesOf } from '../../../functions/launchers/launcher.ts';

const FC = { FC_ACCOUNT_ID: '1', FC_REGION: 'cn-hangzhou', DROPTUNE_FC_FUNCTION: 'worker' };
const open = (source: Record<string, string>) =>
  openLauncher({ settings: readEnv(source), env: { HOME: '/none' } });

test('the environment names the launcher and how many workers there are at once', () => {
  expect(open({})).toMatchObject({ name: 'local', concurrency: 1 });
  expect(open({ DROPTUNE_WORKERS: '3' })).toMatchObject({ name: 'local', concurrency: 3 });
  expect(open({ DROPTUNE_LAUNCHER: 'fc', ...FC })).toMatchObject({ name: 'fc', concurrency: 8 });
  const docker = { DROPTUNE_LAUNCHER: 'docker', DROPTUNE_DOCKER_IMAGE: 'w:1', DROPTUNE_WORKERS: '2' };
  expect(open(docker)).toMatchObject({ name: 'docker', concurrency: 2 });
  expect(() => open({ DROPTUNE_LAUNCHER: 'moon' })).toThrow(/DROPTUNE_LAUNCHER/);
  expect(() => open({ DROPTUNE_WORKERS: '0' })).toThrow(/DROPTUNE_WORKERS/);
});

test.each([
  ['docker', {}, /DROPTUNE_LAUNCHER=docker needs DROPTUNE_DOCKER_IMAGE/],
  ['docker', { DROPTUNE_DOCKER_IMAGE: 'w:1', DOCKER_HOST: 'ssh://x' }, /DOCKER_HOST=ssh/],
  ['fc', { ...FC, FC_REGION: '' }, /DROPTUNE_LAUNCHER=fc needs FC_REGION/],
  ['fc', { ...FC, DROPTUNE_FC_API: 'fc2' }, /DROPTUNE_FC_FUNCTION=worker names no function of FC 2.0/],
])('%s says which variable is missing or wrong', (name, source, message) => {
  expect(() => open({ DROPTUNE_LAUNCHER: name, ...source })).toThrow(message);
});

test('a launch without a credential names the variable', async () => {
  const launcher = open({ DROPTUNE_LAUNCHER: 'fc', ...FC });
  await expect(
    launcher.launch({ job: 'ftjob-1', attempt: 1, store: 'file:/s', specUri: 'file:/s/x' }),
  ).rejects.toMatchObject({ message: expect.stringContaining('ALIBABA_CLOUD_ACCESS_KEY_ID') });
});

test('a job is priced by the machine that it would run on', async () => {
  const rows = await readPrices({ DROPTUNE_PRICES: undefined });
  const namesFor = (source: Record<string, string>) =>
    pricesOf(open({ DROPTUNE_LAUNCHER: 'fc', ...FC, ...source }), rows).map(({ name }) => name);
  expect(namesFor({})).toEqual([expect.stringContaining('2 vCPU')]);
  expect(namesFor({ DROPTUNE_FC_INSTANCE_TYPE: 'fc.gpu.tesla.1' })).toEqual([expect.stringContaining('T4')]);
  expect(namesFor({ DROPTUNE_FC_INSTANCE_TYPE: 'fc.gpu.moon.1' })).toEqual([]);
});

test.each([
  ['a machine of its own', {}, ['AWS_SESSION_TOKEN=t']],
  ['a function, whose credential is its own and ends early', { AWS_LAMBDA_FUNCTION_NAME: 'f' }, []],
])('a container launched from %s is handed the credential or not', async (_, own, handed) => {
  const docker = await startDocker({ 'w:1': [process.execPath, '-e', ''] });
  const source = { DROPTUNE_LAUNCHER: 'docker', DROPTUNE_DOCKER_IMAGE: 'w:1', DOCKER_HOST: docker.host };
  const env = { ...own, AWS_SESSION_TOKEN: 't', DROPTUNE_DEVICE: 'cuda' };
  const store = 's3://b?region=r';
  await openLauncher({ settings: readEnv(source), env }).launch({
    job: 'j',
    attempt: 1,
    store,
    specUri: 's',
  });
  expect(docker.created[0]?.Env).toEqual([...handed, 'DROPTUNE_DEVICE=cuda', `DROPTUNE_STORAGE=${store}`]);
  await docker.close();
});
