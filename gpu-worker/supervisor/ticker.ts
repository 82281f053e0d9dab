import { setTimeout as sleep } from 'node:timers/promises';

export type Ticker = { stop(): Promise<void> };

/** Runs `work` at once and then every `ms`, never twice at a time. A failure goes to `failed`, and the next turn comes
 *  all the same. `stop` resolves when the turn under way is over. */
export const every = (ms: number, work: () => Promise<void>, failed: (error: unknown) => void): Ticker => {
  const stopped = new AbortController();
  const run = async () => {
    while (!stopped.signal.aborted) {
      await work().catch(failed);
      await sleep(ms, undefined, { signal: stopped.signal }).catch(() => {});
    }
  };
  const running = run();
  return {
    stop: () => {
      stopped.abort();
      return running;
    },
  };
};
