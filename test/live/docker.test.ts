/** The docker launcher on a real engine, whose socket DOCKER_HOST names: `npm run test:docker`. The image is nearly empty:
 *  Node.js, system and worker are mounted from this machine. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { request } from 'node:http';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dockerLauncher } from '../../functions/launchers/docker.ts';
import { packageRoot } from '../../shared/package-root.ts';
import { faq } from '../helpers/control-plane.ts';
import { tempFolder } from '../helpers/engine-store.ts';
import { runService, type Running } from '../helpers/service.ts';
import { testLauncher } from '../suites/launcher.ts';

const given = process.env['DOCKER_HOST'];
const host = given ?? 'unix:///var/run/docker.sock';
const node = realpathSync(process.execPath);
const binds = ['/usr:/usr:ro', `${packageRoot()}:${packageRoot()}:ro`, '/tmp:/tmp'];
if (!node.startsWith('/usr/')) binds.push(`${dirname(dirname(node))}:${dirname(dirname(node))}:ro`);

const engine = (path: string, body?: Buffer): Promise<number> =>
  new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-tar' };
    const socketPath = host.slice('unix://'.length);
    const sent = request({ socketPath, method: 'POST', path, headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    sent.on('error', reject).end(body);
  });

/** An image with the folders that systems have, whose entry point is a program of this repository. */
const makeImage = async (name: string, program: string): Promise<void> => {
  const folder = tempFolder();
  for (const path of ['usr', 'tmp', 'proc', 'dev', 'sys', 'etc']) mkdirSync(join(folder, path));
  for (const path of ['lib', 'lib64', 'bin']) symlinkSync(`usr/${path}`, join(folder, path));
  const tar = execFileSync('tar', ['-C', folder, '-c', '.']);
  const entry = `ENTRYPOINT ${JSON.stringify([node, join(packageRoot(), program)])}`;
  const query = new URLSearchParams({ fromSrc: '-', repo: name, tag: '1', changes: entry });
  expect(await engine(`/images/create?${query.toString()}`, tar)).toBe(200);
};
const launcherFor = (image: string, env = {}) =>
  dockerLauncher({ image, host, env, binds, network: 'host', concurrency: 2 });

beforeAll(async () => {
  if (given === undefined) return;
  await makeImage('droptune-suite', 'test/helpers/launched-worker.mjs');
  await makeImage('droptune-worker', 'dist/gpu-worker/main.js');
});

describe.skipIf(given === undefined)('a real engine', () => {
  testLauncher(() => ({
    launcher: launcherFor('droptune-suite:1'),
    broken: launcherFor('droptune-none:1'),
    keepsLog: true,
  }));

  test('has no card to give, and the next try finds the name free', async () => {
    const launcher = dockerLauncher({ image: 'droptune-suite:1', host, env: {}, binds, gpus: 'all' });
    const store = `file:${tempFolder()}`;
    for (let i = 0; i < 2; i++)
      await expect(
        launcher.launch({ job: 'ftjob-gpu', attempt: 1, store, specUri: `${store}/spec.json` }),
      ).rejects.toMatchObject({ details: { hint: expect.stringContaining('container toolkit') } });
  });
});

describe.skipIf(given === undefined)('a job', () => {
  let running: Running;
  beforeAll(async () => {
    const launcher = launcherFor('droptune-worker:1');
    running = await runService(tempFolder(), { launcher });
  });
  afterAll(() => running.service.close());

  test('is trained by nano in a container', async () => {
    running.drop('acme/faq/train.jsonl', faq());
    running.drop('acme/faq/job.yaml', 'base: nano\ntraining: { n_epochs: 1 }\n');
    const status = await running.outcome('acme/faq');
    expect(status).toMatchObject({ status: 'succeeded', error: null });
    const adapter = join(running.home, 'bucket/outbox/acme/faq/adapter/adapter_config.json');
    expect(JSON.parse(readFileSync(adapter, 'utf8'))).toMatchObject({ peft_type: 'LORA' });
  });
});
