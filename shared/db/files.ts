import { and, asc, desc, eq, sql } from 'drizzle-orm';
import { AppError } from '../errors.ts';
import type { Db } from './client.ts';
import { files } from './schema.ts';

export type FileRow = typeof files.$inferSelect;

export const insertFile = async (db: Db, file: FileRow): Promise<void> => {
  await db.insert(files).values(file);
};

export const findFile = async (db: Db, id: string): Promise<FileRow> => {
  const [file] = await db.select().from(files).where(eq(files.id, id));
  if (!file) throw new AppError('not_found', `No file ${id}`);
  return file;
};

/** `after` is the id of the last file of the page before. */
export const listFiles = async (
  db: Db,
  by: {
    limit: number;
    after?: string | undefined;
    purpose?: string | undefined;
    order?: 'asc' | 'desc' | undefined;
  },
): Promise<{ data: FileRow[]; has_more: boolean }> => {
  const last = by.after === undefined ? null : await findFile(db, by.after);
  const [way, beyond] = by.order === 'asc' ? ([asc, sql`>`] as const) : ([desc, sql`<`] as const);
  const rows = await db
    .select()
    .from(files)
    .where(
      and(
        by.purpose === undefined ? undefined : eq(files.purpose, by.purpose),
        last
          ? sql`(${files.created_at_ms}, ${files.id}) ${beyond} (${last.created_at_ms}, ${last.id})`
          : undefined,
      ),
    )
    .orderBy(way(files.created_at_ms), way(files.id))
    .limit(by.limit + 1);
  return { data: rows.slice(0, by.limit), has_more: rows.length > by.limit };
};

export const setFileStatus = async (
  db: Db,
  id: string,
  status: FileRow['status'],
  status_details: string | null = null,
): Promise<void> => {
  await db.update(files).set({ status, status_details }).where(eq(files.id, id));
};

/** Whether there was such a file. Its bytes are the caller's. */
export const deleteFile = async (db: Db, id: string): Promise<boolean> =>
  (await db.delete(files).where(eq(files.id, id)).returning({ id: files.id })).length > 0;
