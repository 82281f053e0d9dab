import { and, desc, eq, lt, or } from 'drizzle-orm';
import type { DatasetReport } from '../contracts/dataset.ts';
import { AppError } from '../errors.ts';
import type { Db } from './client.ts';
import { datasets } from './schema.ts';

export type DatasetRow = typeof datasets.$inferSelect;

/** The dataset of this identity: the given one, or the one that was there before. */
export const insertDataset = async (db: Db, dataset: DatasetRow): Promise<DatasetRow> => {
  const [fresh] = await db.insert(datasets).values(dataset).onConflictDoNothing().returning();
  if (fresh) return fresh;
  const [kept] = await db.select().from(datasets).where(eq(datasets.identity, dataset.identity));
  if (!kept) throw new AppError('internal', `Dataset ${dataset.id} could not be stored`);
  return kept;
};

export const findDataset = async (db: Db, id: string): Promise<DatasetRow> => {
  const [dataset] = await db.select().from(datasets).where(eq(datasets.id, id));
  if (!dataset) throw new AppError('not_found', `No dataset ${id}`);
  return dataset;
};

/** Datasets that write to this outbox. */
export const datasetsNamed = (db: Db, project: string, name: string): Promise<DatasetRow[]> =>
  db
    .select()
    .from(datasets)
    .where(and(eq(datasets.project, project), eq(datasets.name, name)));

/** Newest first; `after` is an id. */
export const listDatasets = async (
  db: Db,
  { limit, after }: { limit: number; after?: string | undefined },
): Promise<{ data: DatasetRow[]; has_more: boolean }> => {
  const last = after === undefined ? null : await findDataset(db, after);
  const { created_at_ms: time, id } = datasets;
  const older = last && or(lt(time, last.created_at_ms), and(eq(time, last.created_at_ms), lt(id, last.id)));
  const rows = await db
    .select()
    .from(datasets)
    .where(older ?? undefined)
    .orderBy(desc(time), desc(id))
    .limit(limit + 1);
  return { data: rows.slice(0, limit), has_more: rows.length > limit };
};

/** What validation found; `pending` ends here. */
export const settleDataset = async (
  db: Db,
  id: string,
  result: { status: 'ready' | 'rejected'; report: DatasetReport; rows_sha256: string },
): Promise<void> => {
  await db.update(datasets).set(result).where(eq(datasets.id, id));
};
