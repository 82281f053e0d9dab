import type { Heartbeat } from '../../shared/contracts/spec.ts';
import { runKeys } from '../../shared/keys.ts';
import type { Storage } from '../../shared/storage/driver.ts';
import { every, type Ticker } from './ticker.ts';

type Pulse = {
  readonly every_ms: number;
  readonly step: () => number;
  readonly now: () => number;
  readonly failed: (error: unknown) => void;
};

/** Rewrites `heartbeat` with a growing `seq`: a reader that sees no change for 90 s calls the worker lost. A put that
 *  fails is not repeated, the next turn says more. */
export const startHeartbeat = (
  storage: Storage,
  prefix: string,
  { every_ms, step, now, failed }: Pulse,
): Ticker => {
  let seq = 0;
  const beat = async () => {
    const heartbeat: Heartbeat = { seq: (seq += 1), step: step(), at_ms: now() };
    await storage.write(runKeys.heartbeat(prefix), Buffer.from(JSON.stringify(heartbeat)));
  };
  return every(every_ms, beat, failed);
};
