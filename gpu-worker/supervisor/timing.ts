/** How often and how long, in milliseconds: one record, so that a test can run the same worker a hundred times faster. */
export const TIMING = {
  heartbeat: 10_000,
  control: 5_000,
  /** at most one `progressed` event in this time, a change of phase excepted */
  progress: 10_000,
  /** metrics and log are put whole this often */
  flush: 10_000,
  /** how long a cancelled engine may take to stop before it is killed */
  cancel_grace: 60_000,
  /** how long a failing store is tried again */
  patience: 600_000,
  first_retry: 500,
  longest_retry: 30_000,
} as const satisfies Record<string, number>;
export type Timing = { readonly [K in keyof typeof TIMING]: number };
