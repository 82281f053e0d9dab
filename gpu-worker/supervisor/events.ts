import type { Progress, RunEvent } from '../../shared/contracts/event.ts';
import { AppError } from '../../shared/errors.ts';
import { runKeys } from '../../shared/keys.ts';
import type { Store } from './store.ts';

type Distribute<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** An event before it has an id, a time and a number. */
export type Draft = Distribute<RunEvent, 'id' | 'job' | 'attempt' | 'at_ms'>;

export type EventWriter = {
  /** Resolves when the store has acknowledged the event and all before it. */
  report(draft: Draft): Promise<void>;
  /** At most one a while, the latest wins; a change of phase is reported at once. */
  progress(progress: Progress): void;
  /** Puts what waits; progress that comes later is ignored. An attempt that ends without a last event ends so. */
  close(): Promise<void>;
};

type Origin = {
  readonly prefix: string;
  readonly job: string;
  readonly attempt: number;
  readonly progress_ms: number;
  readonly now: () => number;
  /** an event that is written in the background could not be written */
  readonly failed: (error: unknown) => void;
};

/** Numbers events without gaps: k + 1 is put only after k was acknowledged. */
const numbered = (store: Store, { prefix, job, attempt, now }: Origin) => {
  let last = 0;
  let tried: Uint8Array | null = null; // put under last + 1, outcome unknown
  const put = async (draft: Draft): Promise<void> => {
    const n = last + 1;
    const event = { ...draft, id: `${job}.${attempt}.${n}`, job, attempt, at_ms: now() };
    const body = Buffer.from(JSON.stringify(event));
    const key = runKeys.event(prefix, n);
    const earlier = tried;
    tried = body;
    if (!(await store.create(key, body))) {
      const found = await store.read(key);
      if (earlier && found && Buffer.compare(found, earlier) === 0) {
        last = n; // an event given up as lost had arrived after all
        return put(draft);
      }
      if (!found || Buffer.compare(found, body) !== 0)
        throw new AppError('illegal_transition', `${key} was written by another worker`);
    }
    last = n;
    tried = null;
  };
  return put;
};

export const eventWriter = (store: Store, origin: Origin): EventWriter => {
  const put = numbered(store, origin);
  let queue: Promise<void> = Promise.resolve();
  let latest: Progress | null = null;
  let phase: Progress['phase'] | null = null;
  let due = 0;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const report = (draft: Draft): Promise<void> => {
    const written = queue.then(() => put(draft));
    queue = written.catch(() => {});
    return written;
  };
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (!latest) return;
    phase = latest.phase;
    due = performance.now() + origin.progress_ms;
    report({ type: 'progressed', progress: latest }).catch(origin.failed);
    latest = null;
  };

  return {
    report,
    progress(progress) {
      if (closed) return;
      if (latest && latest.phase !== progress.phase) flush(); // where a phase ended is worth a line
      latest = progress;
      const wait = progress.phase === phase ? due - performance.now() : 0;
      if (wait <= 0) flush();
      else timer ??= setTimeout(flush, wait);
    },
    close() {
      closed = true;
      flush();
      return queue;
    },
  };
};
