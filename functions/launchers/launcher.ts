import type { Job } from '../../shared/contracts/job.ts';

/** Starts a worker somewhere and can say whether it still lives. */
export type Launcher = {
  readonly name: string;
  /** machines at once; further jobs wait in `queued` */
  readonly concurrency: number;
  /** Starts one worker for one attempt. `machine` is what the other functions want. Throws `launch_failed`. */
  launch(run: {
    readonly job: Job;
    readonly attempt: number;
    readonly specUri: string;
    readonly env: Readonly<Record<string, string>>;
  }): Promise<{ machine: string }>;
  /** `unknown` where the platform does not tell: then the heartbeat decides */
  state(machine: string): Promise<'running' | 'gone' | 'unknown'>;
  /** Stops a worker that does not listen any more. A machine that is gone is no error. */
  cancel(machine: string): Promise<void>;
};
