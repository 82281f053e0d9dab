/** Work to be done, at least once. A holder has a message until `locked_until_ms`; then it is anybody's. */
import { and, eq, inArray, isNull, lte, or, sql } from 'drizzle-orm';
import type { Message, Topic } from '../contracts/message.ts';
import type { Db } from './client.ts';
import { messages } from './schema.ts';

export type MessageRow = typeof messages.$inferSelect;

/** Written once: an id that was there before, done or not, stays as it is. */
export const enqueue = async (db: Db, list: readonly Message[], available_at_ms: number): Promise<void> => {
  if (list.length === 0) return;
  const rows = list.map((message) => ({ ...message, attempts: 0, available_at_ms }));
  await db.insert(messages).values(rows).onConflictDoNothing();
};

/** Takes up to `limit` due messages, oldest first, each for `lock_ms`. Two callers never get the same one. */
export const claimDue = async (
  db: Db,
  { now_ms, limit, lock_ms }: { now_ms: number; limit: number; lock_ms: number },
): Promise<MessageRow[]> => {
  const due = db
    .select({ id: messages.id })
    .from(messages)
    .where(
      and(
        isNull(messages.done_at_ms),
        lte(messages.available_at_ms, now_ms),
        or(isNull(messages.locked_until_ms), lte(messages.locked_until_ms, now_ms)),
      ),
    )
    .orderBy(messages.seq)
    .limit(limit)
    .for('update', { skipLocked: true });
  const rows = await db
    .update(messages)
    .set({ locked_until_ms: now_ms + lock_ms, attempts: sql`${messages.attempts} + 1` })
    .where(inArray(messages.id, due))
    .returning();
  return rows.toSorted((a, b) => a.seq - b.seq);
};

/** Keeps a message for a holder that is still at work. */
export const extendLock = async (db: Db, id: string, until_ms: number): Promise<void> => {
  await db
    .update(messages)
    .set({ locked_until_ms: until_ms })
    .where(and(eq(messages.id, id), isNull(messages.done_at_ms)));
};

/** Frees what anybody holds: for one who knows that all holders are dead. */
export const unlockAll = async (db: Db): Promise<void> => {
  await db.update(messages).set({ locked_until_ms: null }).where(isNull(messages.done_at_ms));
};

export const complete = async (db: Db, id: string, now_ms: number): Promise<void> => {
  await db.update(messages).set({ done_at_ms: now_ms, locked_until_ms: null }).where(eq(messages.id, id));
};

export const retryLater = async (
  db: Db,
  id: string,
  { at_ms, error }: { at_ms: number; error: string },
): Promise<void> => {
  const set = { available_at_ms: at_ms, locked_until_ms: null, last_error: error };
  await db.update(messages).set(set).where(eq(messages.id, id));
};

/** Not a failure: what it needs is not free yet. */
export const putOff = async (db: Db, id: string, at_ms: number): Promise<void> => {
  await db
    .update(messages)
    .set({ available_at_ms: at_ms, locked_until_ms: null, attempts: sql`${messages.attempts} - 1` })
    .where(eq(messages.id, id));
};

export const giveUp = async (db: Db, id: string, now_ms: number, error: string): Promise<void> => {
  const set = { done_at_ms: now_ms, locked_until_ms: null, dead: true, last_error: error };
  await db.update(messages).set(set).where(eq(messages.id, id));
};

/** What was put off is due at once: a place became free. Messages that wait after a failure go on waiting. */
export const wake = async (db: Db, topic: Topic): Promise<void> => {
  await db
    .update(messages)
    .set({ available_at_ms: 0 })
    .where(and(eq(messages.topic, topic), isNull(messages.done_at_ms), eq(messages.attempts, 0)));
};

/** Milliseconds since 1970 of the next message that is free to be taken, `null` where nothing waits. */
export const nextDue = async (db: Db): Promise<number | null> => {
  const [row] = await db
    .select({
      at: sql<
        string | null
      >`min(greatest(${messages.available_at_ms}, coalesce(${messages.locked_until_ms}, 0)))`,
    })
    .from(messages)
    .where(isNull(messages.done_at_ms));
  return row?.at == null ? null : Number(row.at);
};
