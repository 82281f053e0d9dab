/** What a place where workers run is to us. Each file here implements exactly this; `test/suites/launcher.ts` says what
 *  it means. */
import type { PriceRow } from '../../shared/contracts/estimate.ts';

/** One attempt of a job. */
export type Attempt = {
  readonly job: string;
  readonly attempt: number;
  readonly specUri: string;
  /** uri of the store that the spec is in */
  readonly store: string;
};

export type Launched =
  | { readonly kind: 'launched'; readonly machine: string }
  /** the platform is full, or away: as far as can be known nothing runs, and the same may succeed later */
  | { readonly kind: 'later'; readonly reason: string };

/** `waiting`: the platform has it in a queue of its own. `unknown`: it does not tell, then the heartbeat decides. */
export type MachineState = 'waiting' | 'running' | 'gone' | 'unknown';

export type MachineLog = {
  /** the last lines of what the worker said; where the platform keeps them elsewhere, what it says of the worker */
  readonly text: string;
  /** where all of it is: a file, a command, a URL */
  readonly where: string;
};

/** Starts a worker somewhere and can say whether it still lives. */
export type Launcher = {
  readonly name: string;
  /** which rows of the price table are about its machines, null where there is one kind */
  readonly instance_type: string | null;
  /** machines at once; further jobs wait in `queued` */
  readonly concurrency: number;
  /** how often it is worth asking for a state, in milliseconds */
  readonly poll_ms: number;
  /** Starts one worker for one attempt, however often it is called for it. `machine` is what the other functions want.
   *  Throws `launch_failed` with a `hint` for what does not mend itself. */
  launch(attempt: Attempt): Promise<Launched>;
  /** Throws `launch_failed` where the platform does not answer. */
  state(machine: string): Promise<MachineState>;
  /** Stops a worker that does not listen any more. A machine that is gone is no error. */
  cancel(machine: string): Promise<void>;
  /** What a worker said that could not put its log into the bucket; null where nothing is kept of the machine. */
  logs(machine: string): Promise<MachineLog | null>;
};

/** A name that is the same for every try to launch the attempt: `ftjob-…-2`. */
export const attemptName = ({ job, attempt }: Pick<Attempt, 'job' | 'attempt'>): string =>
  `${job}-${attempt}`;

/** What its machines cost. */
export const pricesOf = (
  { name, instance_type }: Pick<Launcher, 'name' | 'instance_type'>,
  rows: readonly PriceRow[],
): PriceRow[] => rows.filter((row) => row.launcher === name && (row.instance_type ?? null) === instance_type);
