import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { localLauncher } from '../../../functions/launchers/local.ts';
import { temporary } from '../../helpers/database.ts';
import { job } from '../../helpers/jobs.ts';

const until = async (what: () => boolean | Promise<boolean>): Promise<void> => {
  for (let i = 0; i < 400 && !(await what()); i++) await sleep(25);
  if (!(await what())) throw new Error('it never came to pass');
};

/** A launcher whose worker is the given program. */
const make = (program: string) => {
  const home = temporary('home');
  const main = join(home, 'main.js');
  writeFileSync(main, program);
  return { home, launcher: localLauncher({ home, env: { PATH: process.env['PATH'] }, main }) };
};
const run = (over = {}) => ({
  job: job(),
  attempt: 2,
  specUri: 'file:/s/runs/j/2/spec.json',
  env: { DROPTUNE_STORAGE: 'file:/s' },
  ...over,
});

test('a worker gets its spec and the store, and its output is a log under home', async () => {
  const { home, launcher } = make(
    'console.log(process.argv.slice(2).join(" "), process.env.DROPTUNE_STORAGE); console.error("to stderr")',
  );
  const given = run();
  const { machine } = await launcher.launch(given);
  await until(async () => (await launcher.state(machine)) === 'gone');
  expect(readFileSync(join(home, 'workers', `${given.job.id}.2.log`), 'utf8')).toBe(
    'worker file:/s/runs/j/2/spec.json file:/s\nto stderr\n',
  );
});
test('a worker is alive until it is cancelled, its children with it', async () => {
  const { home, launcher } = make(`
    const child = require('node:child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
    require('node:fs').writeFileSync(process.argv[3], String(child.pid));
    setTimeout(() => {}, 60000);`);
  const told = join(home, 'child');
  const { machine } = await launcher.launch(run({ specUri: told }));
  await until(() => existsSync(told) && readFileSync(told, 'utf8') !== '');
  const child = `local:${readFileSync(told, 'utf8')}:`;
  expect([await launcher.state(machine), await launcher.state(child)]).toEqual(['running', 'running']);
  await launcher.cancel(machine);
  await until(
    async () => (await launcher.state(machine)) === 'gone' && (await launcher.state(child)) === 'gone',
  );
  await launcher.cancel(machine);
});
test('a process that has the number of a dead worker is not the worker, and is left alone', async () => {
  const { launcher } = make('');
  const stranger = `local:${process.pid}:1`;
  expect(await launcher.state(stranger)).toBe('gone');
  await launcher.cancel(stranger);
  expect(await launcher.state('fc:some-task')).toBe('unknown');
});
test('without a built worker the launch fails and says what to do', async () => {
  const launcher = localLauncher({ home: temporary('home'), env: {}, main: '/nowhere/main.js' });
  await expect(launcher.launch(run())).rejects.toMatchObject({
    code: 'launch_failed',
    message: expect.stringContaining('npm run build'),
  });
});
test('one worker at a time, unless told otherwise', () => {
  expect(localLauncher({ home: '/x', env: {} }).concurrency).toBe(1);
});
