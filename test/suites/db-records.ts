/** Files, datasets, the inbox and webhooks, on every database. */
import { expect, test } from 'vitest';
import { type Db } from '../../shared/db/client.ts';
import { insertDataset, settleDataset, findDataset, datasetsNamed } from '../../shared/db/datasets.ts';
import { deleteFile, findFile, insertFile, listFiles, setFileStatus } from '../../shared/db/files.ts';
import { markSeen, seenObjects } from '../../shared/db/inbox.ts';
import { startJob } from '../../shared/db/jobs.ts';
import { claimDue } from '../../shared/db/messages.ts';
import {
  disableEndpoint,
  endpointsFor,
  ensureEndpoint,
  findDelivery,
  findEndpoint,
  insertDeliveries,
  listDeliveries,
  listEndpoints,
  saveEndpoint,
  updateDelivery,
} from '../../shared/db/webhooks.ts';
import { jobWithDataset } from '../helpers/jobs.ts';

const topicsOf = async (db: Db) =>
  (await claimDue(db, { now_ms: 0, limit: 99, lock_ms: 1 })).map(({ topic }) => topic);

const file = (n: number, purpose = 'fine-tune') => ({
  id: `file-${n}`,
  key: `files/file-${n}`,
  filename: 'a.jsonl',
  purpose,
  bytes: 2 ** 33,
  status: 'uploaded' as const,
  status_details: null,
  created_at_ms: n,
});
const endpoint = (id: string, over = {}) => ({
  id,
  url: 'http://127.0.0.1/',
  secret: 'whsec_AAAA',
  events: null,
  job: null,
  disabled_at_ms: null,
  created_at_ms: 1,
  ...over,
});
const delivery = (id: string) => ({ id, endpoint: 'e', event: 'ev', payload: '{}' });

export const testRecords = (db: () => Db): void => {
  test('files are kept, listed both ways, changed and deleted', async () => {
    for (const n of [1, 2, 3]) await insertFile(db(), file(n, n === 3 ? 'batch' : 'fine-tune'));
    expect(await findFile(db(), 'file-1')).toEqual(file(1));
    const ids = async (by: object) => (await listFiles(db(), { limit: 9, ...by })).data.map(({ id }) => id);
    expect(await ids({})).toEqual(['file-3', 'file-2', 'file-1']);
    expect(await ids({ order: 'asc', after: 'file-1' })).toEqual(['file-2', 'file-3']);
    expect(await ids({ after: 'file-3', purpose: 'fine-tune' })).toEqual(['file-2', 'file-1']);
    await setFileStatus(db(), 'file-1', 'error', 'bad');
    expect(await findFile(db(), 'file-1')).toMatchObject({ status: 'error', status_details: 'bad' });
    expect([await deleteFile(db(), 'file-1'), await deleteFile(db(), 'file-1')]).toEqual([true, false]);
    await expect(findFile(db(), 'file-1')).rejects.toMatchObject({ code: 'not_found' });
  });
  test('datasets are one an identity, and settle', async () => {
    const { dataset } = jobWithDataset();
    const again = { ...jobWithDataset().dataset, identity: dataset.identity };
    expect((await insertDataset(db(), dataset)).id).toBe(dataset.id);
    expect((await insertDataset(db(), again)).id).toBe(dataset.id);
    expect(await datasetsNamed(db(), dataset.project, dataset.name)).toHaveLength(1);
    const report = {
      version: 1 as const,
      status: 'ready' as const,
      shape: null,
      shapes: {},
      rows: { in: 0, train: 0, held_out: 0, dropped: 0, duplicate: 0, quarantined: 0, truncated: 0 },
      problems: [],
      files: [],
      characters: { median: 0, max: 0, total: 0 },
    };
    await settleDataset(db(), dataset.id, { status: 'ready', report, rows_sha256: 'ab' });
    expect(await findDataset(db(), dataset.id)).toMatchObject({ status: 'ready', report, rows_sha256: 'ab' });
  });
  test('what was seen in the inbox is remembered by its tag', async () => {
    await markSeen(db(), { key: 'inbox/a', tag: '1', ingested: false });
    await markSeen(db(), { key: 'inbox/a', tag: '2', ingested: true });
    expect([...(await seenObjects(db())).values()]).toEqual([{ key: 'inbox/a', tag: '2', ingested: true }]);
  });
  test('an event reaches the endpoints of all jobs and of its own, unless they are disabled', async () => {
    const { job, dataset } = jobWithDataset();
    await startJob(db(), { job, dataset, endpoint: endpoint('own', { job: job.id }) });
    await saveEndpoint(db(), endpoint('all', { events: ['x'] }));
    await saveEndpoint(db(), endpoint('off'));
    await disableEndpoint(db(), 'off', 5);
    await saveEndpoint(db(), endpoint('other', { job: 'ftjob-other' }));
    expect((await endpointsFor(db(), job.id)).map(({ id }) => id).toSorted()).toEqual(['all', 'own']);
    expect((await listEndpoints(db())).map(({ id }) => id).toSorted()).toEqual(['all', 'off']);
    expect(await findEndpoint(db(), 'all')).toMatchObject({ events: ['x'] });
    await expect(findEndpoint(db(), 'none')).rejects.toMatchObject({ code: 'not_found' });
  });
  test('ensuring an endpoint leaves a disabled one disabled, until its url changes', async () => {
    await ensureEndpoint(db(), endpoint('env'));
    await disableEndpoint(db(), 'env', 5);
    await ensureEndpoint(db(), endpoint('env'));
    expect((await findEndpoint(db(), 'env')).disabled_at_ms).toBe(5);
    await ensureEndpoint(db(), endpoint('env', { url: 'http://127.0.0.2/' }));
    expect((await findEndpoint(db(), 'env')).disabled_at_ms).toBeNull();
  });
  test('an event is delivered to an endpoint once', async () => {
    await saveEndpoint(db(), endpoint('e'));
    await insertDeliveries(db(), [delivery('wd_1')], 3);
    await insertDeliveries(db(), [delivery('wd_2')], 4);
    await insertDeliveries(db(), [], 4);
    expect((await listDeliveries(db(), 'e', 9)).map(({ id }) => id)).toEqual(['wd_1']);
    expect(await topicsOf(db())).toEqual([]);
    expect((await claimDue(db(), { now_ms: 3, limit: 9, lock_ms: 1 })).map(({ body }) => body)).toEqual([
      { delivery: 'wd_1' },
    ]);
    await updateDelivery(db(), 'wd_1', { status: 'delivered', attempts: 1, response_status: 204 });
    expect(await findDelivery(db(), 'wd_1')).toMatchObject({
      delivery: { status: 'delivered' },
      endpoint: { id: 'e' },
    });
    await expect(findDelivery(db(), 'wd_2')).rejects.toMatchObject({ code: 'not_found' });
  });
};
