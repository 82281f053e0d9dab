/** Message `deliver`: one try of one delivery. */
import { disableEndpoint, findDelivery, updateDelivery } from '../shared/db/webhooks.ts';
import type { Deps } from './deps.ts';
import { judge, parseRetryAfter, pauseAfter } from './webhooks/backoff.ts';
import { sign } from './webhooks/sign.ts';

const TIMEOUT_MS = 20_000;

type Needs = Pick<Deps, 'db' | 'now' | 'fetch'>;
type Answer = {
  readonly status: number | null;
  readonly retry_after: string | null;
  readonly error: string | null;
};

const post = async (
  { fetch }: Needs,
  url: string,
  headers: Record<string, string>,
  body: string,
): Promise<Answer> => {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(url, { method: 'POST', redirect: 'manual', headers, body, signal });
    await response.body?.cancel();
    const { status } = response;
    const error = response.ok ? null : `The endpoint answered ${status}`;
    return { status, retry_after: response.headers.get('retry-after'), error };
  } catch (cause) {
    const { message, cause: deeper } = cause as Error;
    const why = deeper instanceof Error ? `${message}: ${deeper.message}` : message;
    return { status: null, retry_after: null, error: why };
  }
};

/** When to try again, `null` when it is settled: delivered, refused for good, or given up. */
export const deliver = async (
  deps: Needs,
  { delivery: id }: { delivery: string },
): Promise<{ again_at_ms: number } | null> => {
  const { db, now } = deps;
  const { delivery, endpoint } = await findDelivery(db, id);
  if (delivery.status !== 'pending') return null;
  if (endpoint.disabled_at_ms !== null) {
    await updateDelivery(db, id, { status: 'failed', last_error: 'The endpoint is disabled' });
    return null;
  }
  const signature = sign(endpoint.secret, { id, at_ms: now(), body: delivery.payload });
  const headers = { 'content-type': 'application/json', 'user-agent': 'Droptune', ...signature };
  const { status, retry_after, error } = await post(deps, endpoint.url, headers, delivery.payload);

  const attempts = delivery.attempts + 1;
  const seen = { attempts, response_status: status, last_error: error };
  const verdict = judge(status);
  if (verdict === 'delivered') {
    await updateDelivery(db, id, { ...seen, status: 'delivered', delivered_at_ms: now() });
    return null;
  }
  if (verdict === 'disable') await disableEndpoint(db, endpoint.id, now());
  const pause = verdict === 'disable' ? null : pauseAfter(attempts, parseRetryAfter(retry_after, now()));
  await updateDelivery(db, id, { ...seen, status: pause === null ? 'failed' : 'pending' });
  return pause === null ? null : { again_at_ms: now() + pause };
};
