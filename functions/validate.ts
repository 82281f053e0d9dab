/** Message `validate`: the dropped files → canonical rows and a report that accounts for every one of them. */
import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { PassThrough, type Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { DatasetReport } from '../shared/contracts/dataset.ts';
import type { Failure } from '../shared/contracts/event.ts';
import type { Job } from '../shared/contracts/job.ts';
import type { AccountedRow } from '../shared/contracts/row.ts';
import { type DatasetRow, findDataset, settleDataset } from '../shared/db/datasets.ts';
import { findJob, recordEvent } from '../shared/db/jobs.ts';
import { datasetPage } from '../shared/dataset/report/page.ts';
import { portraitist } from '../shared/dataset/report/portrait.ts';
import { AppError } from '../shared/errors.ts';
import { jsonBytes } from '../shared/json.ts';
import { keys } from '../shared/keys.ts';
import { seedOf } from '../shared/plan/recipe.ts';
import type { Storage } from '../shared/storage/driver.ts';
import { checkHere } from './dataset/check.ts';
import type { Deps } from './deps.ts';

type Source = DatasetRow['sources'][number];

/** Other bytes are another job. Of a file to validate by they are none: the newest is as good. */
const isReplaced = async (storage: Storage, { key, tag, role }: Source): Promise<boolean> =>
  storage.tagIsDigest && role === 'train' && ((await storage.head(key))?.tag ?? tag) !== tag;

async function* chunksOf(storage: Storage, source: Source): AsyncGenerator<Uint8Array> {
  const { key } = source;
  if (await isReplaced(storage, source))
    throw new AppError(
      'invalid_training_file',
      `${key} was replaced before it was read: what lies there now is another job`,
    );
  const stream = await storage.stream(key);
  if (!stream)
    throw new AppError('invalid_training_file', `${key} was removed before it was read: drop it again`);
  yield* stream as AsyncIterable<Uint8Array>;
}

/** Compressed rows on their way into the store; the same rows give the same bytes. */
export const rowWriter = (storage: Storage, key: string) => {
  const gzip = createGzip({ level: 6 });
  const out: Readable = gzip.pipe(new PassThrough());
  const hash = createHash('sha256');
  gzip.on('data', (chunk: Buffer) => hash.update(chunk));
  const written = storage.write(key, out);
  written.catch(() => gzip.destroy()); // awaited in `end`
  out.on('error', () => undefined); // `abandon` says it, whether the store listens already or not
  return {
    async row(row: AccountedRow): Promise<void> {
      if (!gzip.write(`${JSON.stringify(row)}\n`)) await Promise.race([once(gzip, 'drain'), written]);
    },
    async end(): Promise<string> {
      gzip.end();
      await written;
      return hash.digest('hex');
    },
    async abandon(cause: unknown): Promise<void> {
      out.destroy(cause instanceof Error ? cause : new Error(String(cause)));
      gzip.destroy();
      await written.catch(() => undefined);
    },
  };
};

/** The same for every attempt at a dataset, and in no bucket. */
const secretFor = ({ webhook_secret }: Deps['settings'], dataset: DatasetRow): string =>
  createHmac('sha256', webhook_secret).update(`pseudonyms of ${dataset.id}`).digest('hex');

const check = async (storage: Storage, dataset: DatasetRow, job: Job, secret: string) => {
  const writer = rowWriter(storage, keys.rows(dataset.id));
  const sources = dataset.sources.map((source) => ({
    file: source.filename,
    role: source.role,
    chunks: chunksOf(storage, source),
  }));
  try {
    const { see, portrait } = portraitist();
    const sink = (row: AccountedRow): Promise<void> => {
      see(row);
      return writer.row(row);
    };
    const report = await checkHere(sources, job.recipe.data, seedOf(job.recipe), sink, secret);
    const rows_sha256 = await writer.end();
    const page = datasetPage({ title: dataset.name, report, portrait: portrait(), plan: null });
    await storage.write(keys.datasetPage(dataset.id), new TextEncoder().encode(page));
    return { report, rows_sha256 };
  } catch (error) {
    await writer.abandon(error);
    throw error;
  }
};

const MOST_REASONS = 3;

/** The first reasons with their lines; the rest is in the report. */
const refusal = (report: DatasetReport): Failure => {
  const errors = report.problems.filter(({ severity }) => severity === 'error');
  const reasons = errors.slice(0, MOST_REASONS).map(({ message, fix, count, places: [place] }) => {
    const where = place ? `${place.file}${place.line === null ? '' : `:${place.line}`}: ` : '';
    return `${where}${message}${count > 1 ? ` (${count} times)` : ''}. ${fix}`;
  });
  const more = errors.length - reasons.length;
  const file = errors[0]?.places[0]?.file;
  const of_validation = report.files.some((f) => f.file === file && f.role === 'valid');
  return {
    code: of_validation ? 'invalid_validation_file' : 'invalid_training_file',
    message:
      [...reasons, ...(more > 0 ? [`And ${more} more reasons.`] : [])].join(' ') ||
      'No row can be trained on.',
    param: of_validation ? 'validation_file' : 'training_file',
    hint: 'errors.json lists every problem with its line; `droptune check FILE --fix OUT` mends what can be mended.',
    log_tail: null,
  };
};

export const validate = async (
  { db, storage, now, settings }: Pick<Deps, 'db' | 'storage' | 'now' | 'settings'>,
  { job: id }: { job: string },
): Promise<void> => {
  const job = await findJob(db, id);
  if (job.status !== 'validating') return;
  const dataset = await findDataset(db, job.dataset);
  let { report } = dataset;
  if (!report) {
    const checked = await check(storage, dataset, job, secretFor(settings, dataset));
    report = checked.report;
    await storage.write(keys.datasetReport(dataset.id), jsonBytes(report));
    await settleDataset(db, dataset.id, { status: report.status, ...checked });
  }
  const event = { job: id, at_ms: now() };
  if (report.status === 'ready')
    await recordEvent(db, { ...event, type: 'validated', id: `validated.${id}` });
  else await recordEvent(db, { ...event, type: 'rejected', id: `rejected.${id}`, error: refusal(report) });
};
