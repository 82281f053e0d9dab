/** The one place where requests to a bucket are asked again: exponential backoff with full jitter. */
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../errors.ts';
import type { Fault } from './fault.ts';

export type Backoff = {
  readonly attempts: number;
  readonly first_ms: number;
  readonly longest_ms: number;
};

export const BACKOFF: Backoff = { attempts: 6, first_ms: 200, longest_ms: 5000 };

/** Before attempt `n` (from 1); `random` is uniform in [0, 1). */
export const pauseOf = ({ first_ms, longest_ms }: Backoff, n: number, random: number): number =>
  random * Math.min(longest_ms, first_ms * 2 ** (n - 1));

const say = (what: string, { code, hint }: Fault, cause: unknown): string => {
  const message = cause instanceof Error ? cause.message : String(cause);
  const said = message === '' || message.startsWith(code) ? message || code : `${code}: ${message}`;
  return hint === '' ? `Cannot ${what}: ${said}` : `Cannot ${what}: ${hint} (${said})`;
};

/** Runs `attempt(n)`, n = 0, 1, …; `n > 0` says that an earlier one may have been carried out although no answer came. */
export type Retry = <T>(what: string, attempt: (n: number) => Promise<T>) => Promise<T>;

/** `renew` gets a fresh credential, tried once. What remains broken is thrown as `storage_failed` with its `reason`. */
export const retrying =
  ({ fault, renew }: { fault: (error: unknown) => Fault; renew: () => void }, backoff: Backoff): Retry =>
  async (what, attempt) => {
    let renewed = false;
    for (let n = 0; ; n++)
      try {
        return await attempt(n);
      } catch (error) {
        if (error instanceof AppError) throw error;
        const found = fault(error);
        const fresh = found.kind === 'expired' && !renewed;
        if (n + 1 >= backoff.attempts || !(fresh || found.kind === 'again'))
          throw new AppError('storage_failed', say(what, found, error), {
            cause: error,
            reason: found.code,
          });
        if (fresh) {
          renewed = true;
          renew();
        }
        await sleep(pauseOf(backoff, n + 1, Math.random()));
      }
  };
