/** The built service and its workers as processes that can be killed outright. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, openClient } from '../../functions/entries/cli/client.ts';
import { packageRoot } from '../../shared/package-root.ts';
import { attemptName } from '../../functions/launchers/launcher.ts';

export const CLI = join(packageRoot(), 'dist/functions/entries/cli.js');

/** Looks again and again, quickly enough to catch a moment; rejects with `what` after `seconds`. */
export const catchMoment = async <T>(
  look: () => T | null | Promise<T | null>,
  what: () => string,
  seconds = 150,
): Promise<T> => {
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    const found = await look();
    if (found !== null) return found;
    await sleep(10);
  }
  throw new Error(`This did not happen within ${seconds} s: ${what()}`);
};

export const readText = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');
export const jsonLines = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

export type Killable = { readonly client: Client; kill(): Promise<void> };

/** `droptune serve` on a home; what it logs goes to `<home>/service.log`. */
export const serveProcess = async (home: string, env: Record<string, string> = {}): Promise<Killable> => {
  const log = openSync(join(home, 'service.log'), 'a');
  const child = spawn(process.execPath, [CLI, 'serve', '--json'], {
    env: { PATH: process.env['PATH'], DROPTUNE_HOME: home, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', log],
  }) as ChildProcessByStdio<null, Readable, null>;
  closeSync(log);
  const exited = once(child, 'exit');
  const first = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), exited]);
  if (child.exitCode !== null)
    throw new Error(`The service did not start: ${readText(join(home, 'service.log'))}`);
  const { url } = JSON.parse(String(first[0])) as { url: string };
  return {
    client: openClient(url, readText(join(home, 'admin.key')).trim()),
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
};

/** What a local worker has said so far. */
export const workerLog = (home: string, job: string, attempt: number): string =>
  readText(join(home, 'workers', `${attemptName({ job, attempt })}.log`));

/** The last step that a local worker says it has made, 0 before the first. */
export const stepOf = (home: string, job: string, attempt: number): number =>
  jsonLines(workerLog(home, job, attempt)).reduce(
    (step, { type, line }) => (type === 'metrics' ? (line as { step: number }).step : step),
    0,
  );

/** Number of the process that has claimed the attempt. */
export const workerPid = (run: string): number => {
  const { machine } = JSON.parse(readText(join(run, 'claim'))) as { machine: string };
  const [host, pid] = machine.split(':');
  if (host !== hostname()) throw new Error(`The worker is on ${host}`);
  return Number(pid);
};

/** Numbers of a process's children. Linux only. */
export const childrenOf = (pid: number): number[] =>
  readText(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);

/** Types and ids of the events that an attempt has left, in order. */
export const eventFiles = (run: string): { type: string; id: string }[] => {
  const folder = join(run, 'events');
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.event.json')) : [];
  return files
    .toSorted()
    .map((name) => JSON.parse(readText(join(folder, name))) as { type: string; id: string });
};
