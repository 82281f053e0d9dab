/** Something that is dear to open and goes bad while nobody looks: a function is frozen between two calls, and what it is
 *  connected to does not wait for ever. */
export type Kept<T> = {
  /** Lends it for a piece of work. What was left alone for too long, or could not be opened, is opened anew. */
  use<R>(work: (value: T) => Promise<R>): Promise<R>;
};

export const kept = <T>({
  open,
  close,
  stale_ms,
  now = Date.now,
}: {
  open: () => Promise<T>;
  close: (value: T) => Promise<void>;
  stale_ms: number;
  now?: () => number;
}): Kept<T> => {
  let held: Promise<T> | null = null;
  let users = 0;
  let left_ms = 0;
  const isStale = (): boolean => users === 0 && now() - left_ms > stale_ms;

  const take = (): Promise<T> => {
    if (held && isStale()) {
      held.then(close).catch(() => undefined); // it may be dead already: nobody waits for it
      held = null;
    }
    if (held) return held;
    const opening = open();
    held = opening;
    opening.catch(() => {
      if (held === opening) held = null;
    });
    return opening;
  };
  return {
    async use(work) {
      const value = take();
      users += 1;
      try {
        return await work(await value);
      } finally {
        users -= 1;
        left_ms = now();
      }
    },
  };
};
