/** `gpu-worker/main.js` as a child process: this half never imports that one. What it prints are JSON lines. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { AppError } from '../../../shared/errors.ts';
import { packageRoot } from '../../../shared/package-root.ts';

export type Line = Readonly<Record<string, unknown>>;

export type WorkerRun = {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** a JSON line of its stdout */
  line(value: Line): void;
  /** a line of its stderr, or of stdout that is no JSON */
  text(line: string): void;
};

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const isLine = (value: unknown): value is Line =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const parse = (text: string): Line | null => {
  try {
    const value: unknown = JSON.parse(text);
    return isLine(value) ? value : null;
  } catch {
    return null;
  }
};

const workerProgram = (): string => {
  const program = join(packageRoot(), 'dist/gpu-worker/main.js');
  if (existsSync(program)) return program;
  throw new AppError('engine_failed', `${program} is missing`, { hint: 'Build it: npm run build' });
};

/** Runs it to its end. Signals go on to the child, which stops at a place where it can be continued.
 *  Resolves with its exit code, 1 when a signal ended it. */
export const runWorkerProgram = ({ args, env, line, text }: WorkerRun): Promise<number> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [workerProgram(), ...args], {
      env: { ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
    for (const signal of SIGNALS) process.on(signal, pass);
    createInterface({ input: child.stdout }).on('line', (raw) => {
      const value = parse(raw);
      if (value) line(value);
      else if (raw.trim() !== '') text(raw);
    });
    createInterface({ input: child.stderr }).on('line', text);
    const settle = (act: () => void): void => {
      for (const signal of SIGNALS) process.off(signal, pass);
      act();
    };
    child.on('error', (cause) =>
      settle(() => reject(new AppError('engine_failed', 'The worker could not be started', { cause }))),
    );
    child.on('close', (code) => settle(() => resolve(code ?? 1)));
  });
