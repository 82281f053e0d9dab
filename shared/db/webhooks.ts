import { and, desc, eq, isNull, or } from 'drizzle-orm';
import { AppError } from '../errors.ts';
import type { Db } from './client.ts';
import { enqueue } from './messages.ts';
import { deliveries, webhook_endpoints } from './schema.ts';

export type EndpointRow = typeof webhook_endpoints.$inferSelect;
export type DeliveryRow = typeof deliveries.$inferSelect;

/** Makes or replaces an endpoint; a replaced one is enabled again. */
export const saveEndpoint = async (db: Db, endpoint: EndpointRow): Promise<void> => {
  await db
    .insert(webhook_endpoints)
    .values(endpoint)
    .onConflictDoUpdate({ target: webhook_endpoints.id, set: endpoint });
};

/** Makes the endpoint unless it is there with this url and secret: one that was disabled stays so. */
export const ensureEndpoint = async (db: Db, endpoint: EndpointRow): Promise<void> => {
  const [kept] = await db.select().from(webhook_endpoints).where(eq(webhook_endpoints.id, endpoint.id));
  if (kept?.url !== endpoint.url || kept.secret !== endpoint.secret) await saveEndpoint(db, endpoint);
};

export const findEndpoint = async (db: Db, id: string): Promise<EndpointRow> => {
  const [endpoint] = await db.select().from(webhook_endpoints).where(eq(webhook_endpoints.id, id));
  if (!endpoint) throw new AppError('not_found', `No webhook endpoint ${id}`);
  return endpoint;
};

/** Endpoints of all jobs, newest first; those that belong to one job are that job's affair. */
export const listEndpoints = (db: Db): Promise<EndpointRow[]> =>
  db
    .select()
    .from(webhook_endpoints)
    .where(isNull(webhook_endpoints.job))
    .orderBy(desc(webhook_endpoints.created_at_ms));

/** With its deliveries: a message about one of them finds nothing any more. Whether there was such an endpoint. */
export const deleteEndpoint = (db: Db, id: string): Promise<boolean> =>
  db.transaction(async (tx) => {
    await tx.delete(deliveries).where(eq(deliveries.endpoint, id));
    const gone = await tx.delete(webhook_endpoints).where(eq(webhook_endpoints.id, id)).returning();
    return gone.length > 0;
  });

/** Enabled endpoints that may want to hear of this job. */
export const endpointsFor = (db: Db, job: string): Promise<EndpointRow[]> =>
  db
    .select()
    .from(webhook_endpoints)
    .where(
      and(
        isNull(webhook_endpoints.disabled_at_ms),
        or(isNull(webhook_endpoints.job), eq(webhook_endpoints.job, job)),
      ),
    );

export const disableEndpoint = async (db: Db, id: string, now_ms: number): Promise<void> => {
  await db
    .update(webhook_endpoints)
    .set({ disabled_at_ms: now_ms })
    .where(and(eq(webhook_endpoints.id, id), isNull(webhook_endpoints.disabled_at_ms)));
};

/** Deliveries with the messages that make them happen, once per endpoint and event. */
export const insertDeliveries = (
  db: Db,
  list: readonly Pick<DeliveryRow, 'id' | 'endpoint' | 'event' | 'payload'>[],
  now_ms: number,
): Promise<void> =>
  db.transaction(async (tx) => {
    if (list.length === 0) return;
    const rows = list.map((d) => ({ ...d, status: 'pending' as const, attempts: 0, created_at_ms: now_ms }));
    const fresh = await tx
      .insert(deliveries)
      .values(rows)
      .onConflictDoNothing()
      .returning({ id: deliveries.id });
    const messages = fresh.map(({ id }) => ({
      id: `deliver.${id}`,
      topic: 'deliver' as const,
      body: { delivery: id },
    }));
    await enqueue(tx, messages, now_ms);
  });

export const findDelivery = async (
  db: Db,
  id: string,
): Promise<{ delivery: DeliveryRow; endpoint: EndpointRow }> => {
  const [found] = await db
    .select({ delivery: deliveries, endpoint: webhook_endpoints })
    .from(deliveries)
    .innerJoin(webhook_endpoints, eq(webhook_endpoints.id, deliveries.endpoint))
    .where(eq(deliveries.id, id));
  if (!found) throw new AppError('not_found', `No webhook delivery ${id}`);
  return found;
};

export const updateDelivery = async (
  db: Db,
  id: string,
  set: Partial<
    Pick<DeliveryRow, 'status' | 'attempts' | 'response_status' | 'last_error' | 'delivered_at_ms'>
  >,
): Promise<void> => {
  await db.update(deliveries).set(set).where(eq(deliveries.id, id));
};

/** Newest first. */
export const listDeliveries = (db: Db, endpoint: string, limit: number): Promise<DeliveryRow[]> =>
  db
    .select()
    .from(deliveries)
    .where(eq(deliveries.endpoint, endpoint))
    .orderBy(desc(deliveries.created_at_ms), desc(deliveries.id))
    .limit(limit);
