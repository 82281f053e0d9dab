/** A worker is a process of this machine, in a group of its own: it outlives the service. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../shared/errors.ts';
import { packageRoot } from '../../shared/package-root.ts';
import { identify, isAlive, type ProcessIdentity } from '../../shared/process-identity.ts';
import { type Attempt, attemptName, type Launched, type Launcher } from './launcher.ts';

type Machine = { readonly identity: ProcessIdentity; readonly name: string };
const nameOf = ({ identity, name }: Machine): string => `local:${identity.pid}:${identity.started}:${name}`;
const machineOf = (text: string): Machine | null => {
  const [kind, pid, started = '', name = ''] = text.split(':');
  if (kind !== 'local' || !Number.isInteger(Number(pid))) return null;
  return { identity: { pid: Number(pid), started }, name };
};

type Options = {
  /** holds the logs */
  readonly home: string;
  /** what the worker inherits */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly concurrency?: number | undefined;
  /** what is run: the built worker */
  readonly main?: string;
};

/** What the system says when it has no process, memory or file to spare. */
const FULL: ReadonlySet<string | undefined> = new Set(['EAGAIN', 'ENOMEM', 'EMFILE', 'ENFILE']);
const LOG_BYTES = 8000;
const [LOOKS, LOOK_MS] = [200, 25];

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

const failed = (what: string, hint: string, cause?: unknown): AppError =>
  new AppError('launch_failed', cause === undefined ? what : `${what}: ${(cause as Error).message}`, {
    cause,
    hint,
  });

/** The record of an attempt, open for whoever makes it; null where there is one. */
const reserve = async (path: string): Promise<FileHandle | null> => {
  try {
    return await open(path, 'wx');
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') return null;
    throw failed(`Cannot write ${path}`, 'DROPTUNE_HOME must be a folder that can be written.', cause);
  }
};

/** The machine that another call writes into the record. */
const awaitMachine = async (path: string): Promise<string> => {
  for (let i = 0; i < LOOKS; i++) {
    const text = await readFile(path, 'utf8').catch(() => '');
    if (text.endsWith('\n')) return text.trimEnd();
    await sleep(LOOK_MS);
  }
  throw failed(`An earlier launch broke off: ${path} is empty`, 'The next attempt has a record of its own.');
};

const killGroup = ({ pid }: ProcessIdentity): void => {
  try {
    process.kill(-pid, 'SIGKILL'); // the group: its engine too
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error;
  }
};

const start = async (
  { env, main }: Required<Pick<Options, 'env' | 'main'>>,
  { specUri, store }: Attempt,
  log: string,
): Promise<ProcessIdentity> => {
  const file = await open(log, 'a');
  try {
    const child = spawn(process.execPath, [main, 'worker', specUri], {
      detached: true,
      stdio: ['ignore', file.fd, file.fd],
      env: { ...env, DROPTUNE_STORAGE: store },
    });
    await once(child, 'spawn'); // throws what 'error' carries
    child.unref();
    const pid = child.pid!; // it was spawned
    return identify(pid) ?? { pid, started: 'ended' };
  } finally {
    await file.close();
  }
};

const tailOf = async (path: string): Promise<string> => {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const bytes = Buffer.alloc(Math.min(size, LOG_BYTES));
    await file.read(bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString();
  } finally {
    await file.close();
  }
};

export const localLauncher = ({
  home,
  env,
  concurrency = 1,
  main = join(packageRoot(), 'dist/gpu-worker/main.js'),
}: Options): Launcher => {
  const folder = join(home, 'workers');
  const logOf = (name: string): string => join(folder, `${name}.log`);

  const launch = async (attempt: Attempt): Promise<Launched> => {
    if (!existsSync(main)) throw failed(`There is no worker at ${main}`, 'Build it: npm run build');
    await mkdir(folder, { recursive: true });
    const name = attemptName(attempt);
    const path = join(folder, `${name}.machine`);
    const record = await reserve(path);
    if (!record) return { kind: 'launched', machine: await awaitMachine(path) };
    let identity: ProcessIdentity | null = null;
    try {
      identity = await start({ env, main }, attempt, logOf(name));
      const machine = nameOf({ identity, name });
      await record.write(`${machine}\n`);
      return { kind: 'launched', machine };
    } catch (cause) {
      if (identity) killGroup(identity);
      await rm(path, { force: true });
      const code = codeOf(cause);
      if (FULL.has(code)) return { kind: 'later', reason: `this machine has nothing to spare (${code})` };
      throw failed(`Cannot start ${main}`, `The system says why; the log is ${logOf(name)}.`, cause);
    } finally {
      await record.close();
    }
  };

  return {
    name: 'local',
    instance_type: null,
    concurrency,
    poll_ms: 3000,
    launch,
    async state(machine) {
      const found = machineOf(machine);
      if (!found) return 'unknown';
      return isAlive(found.identity) ? 'running' : 'gone';
    },
    async cancel(machine) {
      const found = machineOf(machine);
      if (found && isAlive(found.identity)) killGroup(found.identity);
    },
    async logs(machine) {
      const where = logOf(machineOf(machine)?.name ?? '');
      return existsSync(where) ? { text: await tailOf(where), where } : null;
    },
  };
};
