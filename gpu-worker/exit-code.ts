import type { Outcome } from './run.ts';

/** 3: another worker has claimed the attempt. 75: it can be resumed. */
export const EXIT_CODE = {
  succeeded: 0,
  cancelled: 0,
  failed: 1,
  claimed_elsewhere: 3,
  paused: 75,
  stopped: 75,
} as const satisfies Record<Outcome, number>;

/** Wrong usage, or a spec that cannot be read. */
export const REFUSED = 2;
