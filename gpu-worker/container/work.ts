/** One run as a child process, so that the container answers its platform whatever the run does. */
import { spawn } from 'node:child_process';
import type { Invocation } from '../../shared/contracts/invocation.ts';
import { EXIT_CODE, REFUSED } from '../exit-code.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export type Work = {
  readonly specUri: string;
  /** Asks for a checkpoint and the end. */
  stop(): void;
  /** its exit code, null where a signal ended it; never rejects */
  readonly ended: Promise<number | null>;
};

/** `main`: the worker's program. */
export const startWork = (main: string, { spec_uri, store }: Invocation, env: Environment): Work => {
  const child = spawn(process.execPath, [main, 'worker', spec_uri], {
    env: { ...env, DROPTUNE_STORAGE: store },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return {
    specUri: spec_uri,
    stop: () => void child.kill('SIGTERM'),
    ended: new Promise((resolve) => {
      child.once('error', () => resolve(null));
      child.once('close', (code) => resolve(code));
    }),
  };
};

export type Answer = { readonly ok: boolean; readonly message: string };

const ENDINGS: Readonly<Record<number, Answer>> = {
  [EXIT_CODE.succeeded]: { ok: true, message: 'the run is over; its last event says how' },
  [EXIT_CODE.failed]: { ok: false, message: 'the run failed; its last event says why' },
  [REFUSED]: { ok: false, message: 'there is no such run, or it cannot be read: see the log' },
  [EXIT_CODE.claimed_elsewhere]: { ok: true, message: 'another worker has this run: nothing was done' },
  [EXIT_CODE.stopped]: { ok: true, message: 'the run was stopped and can be resumed' },
};

/** What the platform is told of a run's end. */
export const answerTo = (code: number | null): Answer =>
  (code === null ? undefined : ENDINGS[code]) ?? {
    ok: false,
    message: `the worker ended ${code === null ? 'by a signal' : `with exit code ${code}`}`,
  };
