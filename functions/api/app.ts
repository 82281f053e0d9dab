import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { AppError, toWire } from '../../shared/errors.ts';
import type { Deps } from '../deps.ts';
import { bearerKey, eventsKey } from './auth.ts';
import { failure } from './errors.ts';
import { eventRoutes } from './events.ts';
import { fileRoutes } from './files.ts';
import { inboxRoutes } from './inbox.ts';
import { jobRoutes } from './jobs.ts';
import { modelRoutes } from './models.ts';
import { reportRoutes } from './reports.ts';
import { webhookRoutes } from './webhooks.ts';

export type ApiDeps = Deps & {
  /** what `Authorization: Bearer` must carry */
  readonly adminKey: string;
  /** opens `/v1/x/events` alone; null where the admin key is the only one */
  readonly eventsToken: string | null;
};

/** The HTTP API: OpenAI's paths and shapes, ours below `/v1/x/`. Knows no server and no platform. */
export const createApp = (deps: ApiDeps): Hono => {
  const app = new Hono();
  app.use(async (c, next) => {
    const id = `req_${randomUUID().replaceAll('-', '')}`;
    const begun = deps.now();
    c.header('x-request-id', id);
    await next();
    const facts = { method: c.req.method, path: c.req.path, status: c.res.status, ms: deps.now() - begun };
    // clients poll: what only reads, and finds, is not worth a line
    if (facts.method !== 'GET' || facts.status >= 400) deps.log('info', 'request', { ...facts, request: id });
  });
  app.onError((error, c) => {
    const response = failure(c, error);
    if (response.status >= 500) deps.log('error', toWire(error).message, { error, path: c.req.path });
    return response;
  });
  app.notFound((c) =>
    failure(c, new AppError('not_found', `Unknown request URL: ${c.req.method} ${c.req.path}`)),
  );

  app.get('/healthz', (c) => c.json({ status: 'ok' }));
  app.use('/v1/x/events', eventsKey({ adminKey: deps.adminKey, token: deps.eventsToken }));
  app.route('/v1/x/events', eventRoutes(deps)); // before the door that knows one key only
  app.use('/v1/*', bearerKey(deps.adminKey));
  app.route('/v1/files', fileRoutes(deps));
  app.route('/v1/fine_tuning/jobs', jobRoutes(deps));
  app.route('/v1/models', modelRoutes(deps));
  app.route('/v1/x/inbox', inboxRoutes(deps));
  app.route('/v1/x/jobs', reportRoutes(deps));
  app.route('/v1/x/webhooks', webhookRoutes(deps));
  return app;
};
