import type { Db } from './client.ts';
import { inbox_objects } from './schema.ts';

export type SeenObject = typeof inbox_objects.$inferSelect;

/** Key → what was seen there. */
export const seenObjects = async (db: Db): Promise<Map<string, SeenObject>> =>
  new Map((await db.select().from(inbox_objects)).map((row) => [row.key, row]));

export const markSeen = async (db: Db, seen: SeenObject): Promise<void> => {
  await db
    .insert(inbox_objects)
    .values(seen)
    .onConflictDoUpdate({ target: inbox_objects.key, set: { tag: seen.tag, ingested: seen.ingested } });
};
