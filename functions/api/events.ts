import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { AppError } from '../../shared/errors.ts';
import type { Deps } from '../deps.ts';
import { parseRequest } from '../events/index.ts';
import { receive, type Received } from '../receive.ts';
import { told } from './inbox.ts';

/** The clouds' own limits are 64 and 256 KiB. */
const MOST_BYTES = 1024 * 1024;
const tooLarge = (): never => {
  throw new AppError('too_large', `A delivery of events has at most ${MOST_BYTES} bytes`);
};

const receipt = ({ key, outcome }: Received) => ({
  object: 'x.object_event' as const,
  key,
  ...(outcome.kind === 'reported' ? { outcome: 'reported', job: outcome.job } : told(outcome)),
});

/** `POST /v1/x/events`: where a store, a topic or a bus tells of new objects, in whatever form it has. A status of 5xx asks for
 *  the delivery again. */
export const eventRoutes = (deps: Pick<Deps, 'db' | 'storage' | 'now' | 'settings' | 'log'>): Hono =>
  new Hono().post('/', bodyLimit({ maxSize: MOST_BYTES, onError: tooLarge }), async (c) => {
    const payload = parseRequest(c.req.raw.headers, await c.req.text());
    const data = (await receive(deps, payload)).map(receipt);
    return c.json({ object: 'list', data });
  });
