/** Why the engine is to stop. A cancel overrides a pause, and what the service wants overrides a signal. */
const RANK = { shutdown: 1, pause: 2, cancel: 3 } as const;
export type StopReason = keyof typeof RANK;

export type Stop = {
  reason(): StopReason | null;
  /** aborted by the first request */
  readonly signal: AbortSignal;
  ask(reason: StopReason): void;
  /** Calls back now if something was asked already, and at each request that overrides an earlier one. */
  listen(listener: (reason: StopReason) => void): void;
};

export const stopSwitch = (): Stop => {
  const asked = new AbortController();
  const listeners: ((reason: StopReason) => void)[] = [];
  let current: StopReason | null = null;
  return {
    reason: () => current,
    signal: asked.signal,
    ask(reason) {
      if (current && RANK[current] >= RANK[reason]) return;
      current = reason;
      asked.abort();
      for (const listener of listeners) listener(reason);
    },
    listen(listener) {
      listeners.push(listener);
      if (current) listener(current);
    },
  };
};
