import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../deps.ts';

const LONGEST_PAUSE_MS = 30_000;

export type Loop = {
  /** Resolves when the round that is under way is over. */
  stop(): Promise<void>;
};

/** Calls `round` for ever, `every_ms` after the last one ended; at once where it says that there is more to do.
 *  A round that throws is logged and tried again, later each time: nothing that happens in one ends the service. */
export const startLoop = (
  name: string,
  { every_ms, round, log }: { every_ms: number; round: () => Promise<boolean | void>; log: Log },
): Loop => {
  const stopping = new AbortController();
  const run = async (): Promise<void> => {
    let failures = 0;
    while (!stopping.signal.aborted) {
      let more = false;
      try {
        more = (await round()) === true;
        failures = 0;
      } catch (error) {
        failures += 1;
        log('error', `${name} failed and is tried again`, { error, failures });
      }
      const pause_ms =
        failures > 0 ? Math.min(LONGEST_PAUSE_MS, every_ms * 2 ** failures) : more ? 0 : every_ms;
      await sleep(pause_ms, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const done = run();
  return {
    stop() {
      stopping.abort();
      return done;
    },
  };
};
