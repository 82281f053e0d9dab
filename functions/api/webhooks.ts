import { Hono } from 'hono';
import { CreateWebhookBody } from '../../shared/contracts/api.ts';
import {
  deleteEndpoint,
  type DeliveryRow,
  type EndpointRow,
  findEndpoint,
  listDeliveries,
  listEndpoints,
  saveEndpoint,
} from '../../shared/db/webhooks.ts';
import { AppError } from '../../shared/errors.ts';
import { newId } from '../../shared/ids.ts';
import type { Deps } from '../deps.ts';
import { newSecret } from '../webhooks/secret.ts';
import { readJson } from './errors.ts';
import { seconds, toApiList } from './job-object.ts';

const DELIVERIES_SHOWN = 100;

const toApiEndpoint = ({ id, url, events, disabled_at_ms, created_at_ms }: EndpointRow) => ({
  id,
  object: 'x.webhook_endpoint' as const,
  url,
  events,
  status: disabled_at_ms === null ? ('enabled' as const) : ('disabled' as const),
  created_at: seconds(created_at_ms),
});

const toApiDelivery = (row: DeliveryRow) => ({
  id: row.id,
  object: 'x.webhook_delivery' as const,
  event: row.event,
  status: row.status,
  attempts: row.attempts,
  response_status: row.response_status,
  last_error: row.last_error,
  created_at: seconds(row.created_at_ms),
  delivered_at: row.delivered_at_ms === null ? null : seconds(row.delivered_at_ms),
});

/** Endpoints that hear of every job: below `/v1/x/webhooks`. A secret is shown once, when it is made. */
export const webhookRoutes = ({ db, now }: Pick<Deps, 'db' | 'now'>): Hono =>
  new Hono()
    .post('/', async (c) => {
      const body = await readJson(c, CreateWebhookBody);
      const endpoint: EndpointRow = {
        id: newId('we_'),
        url: body.url,
        secret: body.secret ?? newSecret(),
        events: body.events ?? null,
        job: null,
        disabled_at_ms: null,
        created_at_ms: now(),
      };
      await saveEndpoint(db, endpoint);
      return c.json({ ...toApiEndpoint(endpoint), secret: endpoint.secret });
    })
    .get('/', async (c) => c.json(toApiList((await listEndpoints(db)).map(toApiEndpoint), false)))
    .get('/:id', async (c) => c.json(toApiEndpoint(await findEndpoint(db, c.req.param('id')))))
    .get('/:id/deliveries', async (c) => {
      const { id } = await findEndpoint(db, c.req.param('id'));
      const rows = await listDeliveries(db, id, DELIVERIES_SHOWN);
      return c.json(toApiList(rows.map(toApiDelivery), false));
    })
    .delete('/:id', async (c) => {
      const id = c.req.param('id');
      if (!(await deleteEndpoint(db, id))) throw new AppError('not_found', `No webhook endpoint ${id}`);
      return c.json({ id, object: 'x.webhook_endpoint', deleted: true });
    });
