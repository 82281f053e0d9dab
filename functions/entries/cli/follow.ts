/** Watches a job of a running service until it ends. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiEvent, ApiJob } from '../../../shared/contracts/api.ts';
import { AppError } from '../../../shared/errors.ts';
import { isFinal } from '../../../shared/lifecycle.ts';
import type { Client } from './client.ts';

const POLL_MS = 700;
const PAGE = 100;
/** a service that restarts comes back within this time */
const PATIENCE_MS = 120_000;

export type Watcher = {
  /** each event once, in the order in which it was recorded */
  event(event: ApiEvent): void;
  /** the job as it is now, at every look */
  look(job: ApiJob): void;
  /** the service does not answer for the moment */
  away(): void;
};

/** Events that were recorded after the known one, oldest first. */
const eventsSince = async (client: Client, id: string, known: string | null): Promise<ApiEvent[]> => {
  const news: ApiEvent[] = [];
  for (let after: string | undefined; ;) {
    const { data, has_more } = await client.events(id, { limit: PAGE, after });
    const at = data.findIndex((event) => event.id === known);
    news.push(...(at < 0 ? data : data.slice(0, at)));
    if (at >= 0 || !has_more || data.length === 0) return news.toReversed();
    after = data.at(-1)!.id;
  }
};

const isAway = (error: unknown): boolean =>
  error instanceof AppError && error.details['unreachable'] === true;

/** The job once it has ended or is paused. Throws `not_found` when the service stays away. */
export const followJob = async (client: Client, id: string, watcher: Watcher): Promise<ApiJob> => {
  let known: string | null = null;
  let awaySince: number | null = null;
  for (;;) {
    try {
      // the job first: the events that are read after it tell at least all that it tells
      const job = await client.job(id);
      const news = await eventsSince(client, id, known);
      awaySince = null;
      for (const event of news) watcher.event(event);
      known = news.at(-1)?.id ?? known;
      watcher.look(job);
      if (isFinal(job.x_status) || job.x_status === 'paused') return job;
    } catch (error) {
      if (!isAway(error)) throw error;
      if (awaySince === null) watcher.away();
      awaySince ??= Date.now();
      if (Date.now() - awaySince > PATIENCE_MS) throw error;
    }
    await sleep(POLL_MS);
  }
};
