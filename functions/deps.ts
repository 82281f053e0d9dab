import type { PriceRow } from '../shared/contracts/estimate.ts';
import type { Db } from '../shared/db/client.ts';
import type { Storage } from '../shared/storage/driver.ts';
import type { Launcher } from './launchers/launcher.ts';

export type Log = (
  level: 'info' | 'warn' | 'error',
  message: string,
  facts?: Record<string, unknown>,
) => void;

export type Settings = {
  /** secret of the endpoints that have none of their own: the environment's and the recipes' */
  readonly webhook_secret: string;
  /** endpoint of `DROPTUNE_WEBHOOK_URL`, null where it is not set */
  readonly webhook_url: string | null;
};

/** Everything impure that a handler may touch. Handlers `Pick` what they use; entries build it from the environment. */
export type Deps = {
  readonly db: Db;
  readonly storage: Storage;
  readonly launcher: Launcher;
  /** milliseconds since 1970 */
  readonly now: () => number;
  readonly fetch: typeof globalThis.fetch;
  readonly settings: Settings;
  /** machines and what they cost */
  readonly prices: readonly PriceRow[];
  readonly log: Log;
};
