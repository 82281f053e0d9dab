import { eq } from 'drizzle-orm';
import type { Db } from './client.ts';
import { inbox_objects } from './schema.ts';

/** Tag of the object as `ingest` last saw it, `null` where it never did. */
export const seenTag = async (db: Db, key: string): Promise<string | null> => {
  const [row] = await db.select().from(inbox_objects).where(eq(inbox_objects.key, key));
  return row?.tag ?? null;
};

export const markSeen = async (db: Db, key: string, tag: string, now_ms: number): Promise<void> => {
  const set = { tag, seen_at_ms: now_ms };
  await db
    .insert(inbox_objects)
    .values({ key, ...set })
    .onConflictDoUpdate({ target: inbox_objects.key, set });
};
