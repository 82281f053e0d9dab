/** Message `notify`: one event of a job → one delivery to each endpoint that wants it. */
import { findEvent } from '../shared/db/events.ts';
import { type EndpointRow, endpointsFor, ensureEndpoint, insertDeliveries } from '../shared/db/webhooks.ts';
import { newId } from '../shared/ids.ts';
import type { Deps } from './deps.ts';

const DEFAULT_TYPES = new Set(
  ['succeeded', 'failed', 'cancelled', 'paused'].map((name) => `fine_tuning.job.${name}`),
);

const wants = ({ events }: EndpointRow, type: string): boolean =>
  events === null ? DEFAULT_TYPES.has(type) : events.includes(type);

export const notify = async (
  { db, now, settings }: Pick<Deps, 'db' | 'now' | 'settings'>,
  { job, event: id, type }: { job: string; event: string; type: string },
): Promise<void> => {
  if (settings.webhook_url !== null)
    await ensureEndpoint(db, {
      id: 'we_environment',
      url: settings.webhook_url,
      secret: settings.webhook_secret,
      events: null,
      job: null,
      disabled_at_ms: null,
      created_at_ms: now(),
    });
  const wanting = (await endpointsFor(db, job)).filter((endpoint) => wants(endpoint, type));
  if (wanting.length === 0) return;
  const { at_ms } = await findEvent(db, id);
  // thin: whoever gets it asks the API for the job, and finds its newest state
  const payload = JSON.stringify({
    object: 'event',
    id,
    type,
    created_at: Math.floor(at_ms / 1000),
    data: { id: job },
  });
  const list = wanting.map((endpoint) => ({ id: newId('wd_'), endpoint: endpoint.id, event: id, payload }));
  await insertDeliveries(db, list, now());
};
