import type { Env } from '../../../shared/contracts/env.ts';
import type { Deps } from '../../deps.ts';
import { readPrices } from '../prices.ts';

/** What only an entry can open, on its platform. */
type Own = Pick<Deps, 'db' | 'storage' | 'launcher' | 'fetch' | 'log'> & { readonly webhook_secret: string };

/** What an entry hands to the handlers. */
export const depsOf = async (env: Env, { webhook_secret, ...own }: Own): Promise<Deps> => ({
  ...own,
  now: Date.now,
  prices: await readPrices(env),
  settings: { webhook_secret, webhook_url: env.DROPTUNE_WEBHOOK_URL ?? null },
});
