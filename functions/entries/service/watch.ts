import { seenObjects } from '../../../shared/db/inbox.ts';
import type { Storage } from '../../../shared/storage/driver.ts';
import type { Deps } from '../../deps.ts';
import { ingest } from '../../ingest.ts';

type Needs = Pick<Deps, 'db' | 'storage' | 'now' | 'settings' | 'log'>;

/** How long from the end of one look to the next. A folder has nobody else to tell; a bucket does, listing it costs money, and
 *  this finds only what nobody told of. */
export const watchEvery = ({ growing }: Pick<Storage, 'growing'>): number => (growing ? 1000 : 30_000);

/** One look at the inbox. What lies there is ingested, once for each content; where files grow, when it is unchanged since
 *  the look before. */
export const inboxWatcher = (deps: Needs): (() => Promise<void>) => {
  const { db, storage, log } = deps;
  let settled: Map<string, string> | null = null; // key → tag
  let before = new Map<string, string>();
  /** what the API, a sweep or an earlier process has ingested */
  const known = async (): Promise<Map<string, string>> => {
    const seen = [...(await seenObjects(db)).values()].filter((object) => object.ingested);
    return new Map(seen.map(({ key, tag }) => [key, tag]));
  };
  return async () => {
    settled ??= await known();
    const now = new Map<string, string>();
    for await (const { key, tag } of storage.list('inbox/')) {
      now.set(key, tag);
      if (settled.get(key) === tag || (storage.growing && before.get(key) !== tag)) continue;
      settled = new Map([...settled, ...(await known())]);
      if (settled.get(key) === tag) continue;
      const outcome = await ingest(deps, { store: storage.uri, key, tag });
      settled.set(key, tag);
      const job = outcome.kind === 'job' ? { job: outcome.job.id } : {};
      log('info', `inbox: ${outcome.kind}`, { key, ...job });
    }
    before = now;
  };
};
