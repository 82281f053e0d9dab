/** The built worker as a container that waits for work, as a process of its own on a free port. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FakeEngine } from './engine-run.ts';
import { until } from './engine-store.ts';

const MAIN = fileURLToPath(new URL('../../dist/gpu-worker/main.js', import.meta.url));
const PRELOAD = new URL('engine-preload.mjs', import.meta.url).href;

export type WorkerContainer = {
  readonly child: ChildProcess;
  readonly url: string;
  /** all that it and its runs have printed */
  output(): string;
  /** its exit code */
  readonly exited: Promise<number | null>;
};

type Start = {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** in place of the engine; absent: the real one */
  readonly fake?: FakeEngine;
  readonly args?: readonly string[];
};

const spawnWorker = ({ env, fake, args = ['--serve', '--port', '0'] }: Start) => {
  const child = spawn(process.execPath, [MAIN, 'worker', ...args], {
    env: {
      PATH: process.env['PATH'],
      ...env,
      ...(fake && { NODE_OPTIONS: `--import ${PRELOAD}`, ENGINE_FAKE: JSON.stringify(fake) }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, exited, output: () => text };
};

/** Runs it to its end: its exit code and what it printed. */
export const runWorkerOnce = async (start: Start): Promise<{ code: number | null; output: string }> => {
  const { exited, output } = spawnWorker(start);
  return { code: await exited, output: output() };
};

/** Resolves when it waits for work. */
export const startContainer = async (start: Start): Promise<WorkerContainer> => {
  const started = spawnWorker(start);
  const port = await until(() => /Waiting for work on port (\d+)/.exec(started.output())?.[1] ?? null);
  return { ...started, url: `http://127.0.0.1:${port}` };
};
