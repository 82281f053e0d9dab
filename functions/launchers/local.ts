/** A worker is a process of this machine, in a group of its own: it outlives the service. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { packageRoot } from '../../shared/package-root.ts';
import { identify, isAlive, type ProcessIdentity } from '../../shared/process-identity.ts';
import type { Launcher } from './launcher.ts';

const nameOf = ({ pid, started }: ProcessIdentity): string => `local:${pid}:${started}`;
const processOf = (machine: string): ProcessIdentity | null => {
  const [kind, pid, started = ''] = machine.split(':');
  return kind === 'local' && Number.isInteger(Number(pid)) ? { pid: Number(pid), started } : null;
};

/** `home` holds the logs, `env` is what the worker inherits, `main` what is run (the built worker). */
export const localLauncher = ({
  home,
  env: inherited,
  concurrency = 1,
  main = join(packageRoot(), 'dist/gpu-worker/main.js'),
}: {
  home: string;
  env: Readonly<Record<string, string | undefined>>;
  concurrency?: number;
  main?: string;
}): Launcher => ({
  name: 'local',
  concurrency,
  async launch({ job, attempt, specUri, env }) {
    if (!existsSync(main)) throw new AppError('launch_failed', `No worker at ${main}: run npm run build`);
    const folder = join(home, 'workers');
    await mkdir(folder, { recursive: true });
    const log = await open(join(folder, `${job.id}.${attempt}.log`), 'a');
    try {
      const child = spawn(process.execPath, [main, 'worker', specUri], {
        detached: true,
        stdio: ['ignore', log.fd, log.fd],
        env: { ...inherited, ...env },
      });
      await once(child, 'spawn'); // throws what 'error' carries
      child.unref();
      const identity = child.pid === undefined ? null : identify(child.pid);
      return { machine: nameOf(identity ?? { pid: child.pid ?? 0, started: 'ended' }) };
    } catch (cause) {
      throw new AppError('launch_failed', `Cannot start ${main}: ${String(cause)}`, { cause });
    } finally {
      await log.close();
    }
  },
  async state(machine) {
    const identity = processOf(machine);
    if (!identity) return 'unknown';
    return isAlive(identity) ? 'running' : 'gone';
  },
  async cancel(machine) {
    const identity = processOf(machine);
    if (!identity || !isAlive(identity)) return;
    try {
      process.kill(-identity.pid, 'SIGKILL'); // the group: its engine too
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  },
});
