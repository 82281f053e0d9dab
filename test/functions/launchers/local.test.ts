import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { localLauncher } from '../../../functions/launchers/local.ts';

import { tempFolder, until } from '../../helpers/engine-store.ts';
import { testLauncher } from '../../suites/launcher.ts';

const main = new URL('../../helpers/launched-worker.mjs', import.meta.url).pathname;
const ATTEMPT = { job: 'ftjob-1', attempt: 2, store: 'file:/s', specUri: 'file:/s/runs/j/2/spec.json' };

/** A launcher whose worker is the given program. */
const make = (program: string) => {
  const home = tempFolder();
  const path = join(home, 'main.cjs');
  writeFileSync(path, program);
  return { home, launcher: localLauncher({ home, env: { PATH: process.env['PATH'] }, main: path }) };
};
const launch = async ({ launcher }: ReturnType<typeof make>, over = {}): Promise<string> => {
  const launched = await launcher.launch({ ...ATTEMPT, ...over });
  return launched.kind === 'launched' ? launched.machine : '';
};

testLauncher(() => ({
  launcher: localLauncher({ home: tempFolder(), env: {}, main }),
  keepsLog: true,
  broken: localLauncher({ home: tempFolder(), env: {}, main: '/nowhere/main.js' }),
}));

test("a worker's output is a log under home, to be read when it is gone", async () => {
  const made = make('console.log(process.argv[3], process.env.DROPTUNE_STORAGE); console.error("to stderr")');
  const machine = await launch(made);
  await until(async () => (await made.launcher.state(machine)) === 'gone');
  const where = join(made.home, 'workers', 'ftjob-1-2.log');
  const text = 'file:/s/runs/j/2/spec.json file:/s\nto stderr\n';
  expect(readFileSync(where, 'utf8')).toBe(text);
  expect(await made.launcher.logs(machine)).toEqual({ text, where });
});

test('a worker that is cancelled takes its children with it', async () => {
  const made = make(`
    const child = require('node:child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
    require('node:fs').writeFileSync(process.argv[3], String(child.pid));
    setTimeout(() => {}, 60000);`);
  const { launcher, home } = made;
  const told = join(home, 'child');
  const machine = await launch(made, { specUri: told });
  await until(() => existsSync(told) && readFileSync(told, 'utf8') !== '');
  const child = `local:${readFileSync(told, 'utf8')}:`;
  expect([await launcher.state(machine), await launcher.state(child)]).toEqual(['running', 'running']);
  await launcher.cancel(machine);
  await until(
    async () => (await launcher.state(machine)) === 'gone' && (await launcher.state(child)) === 'gone',
  );
});

test('a process that has the number of a dead worker is not the worker, and is left alone', async () => {
  const { launcher } = make('');
  const stranger = `local:${process.pid}:1`;
  expect(await launcher.state(stranger)).toBe('gone');
  await launcher.cancel(stranger);
});

test('another service that starts on the same home knows what was launched', async () => {
  const made = make('setTimeout(() => {}, 60000)');
  const machine = await launch(made);
  const later = localLauncher({ home: made.home, env: {}, main: join(made.home, 'main.cjs') });
  expect(await later.launch(ATTEMPT)).toEqual({ kind: 'launched', machine });
  await later.cancel(machine);
});

test('one worker at a time, unless told otherwise', () => {
  expect(localLauncher({ home: '/x', env: {} }).concurrency).toBe(1);
});
