/** The outbox: what became of a drop, for people who only have the bucket. */
import type { Job, JobStatus } from '../shared/contracts/job.ts';
import { initFrom } from '../shared/contracts/method.ts';
import { OutboxStatus } from '../shared/contracts/outbox.ts';
import { RunReport } from '../shared/contracts/report.ts';
import { findJob } from '../shared/db/jobs.ts';
import { isFinal } from '../shared/lifecycle.ts';
import { jsonBytes, parseJson } from '../shared/json.ts';
import { keys, runKeys } from '../shared/keys.ts';
import type { Storage } from '../shared/storage/driver.ts';
import type { Alias } from './alias.ts';
import type { Deps } from './deps.ts';

const FILES = [
  'report.html',
  'report.json',
  'metrics.jsonl',
  'predictions.jsonl',
  'manifest.json',
  'log.txt',
];

const copy = async (storage: Storage, from: string, to: string): Promise<boolean> => {
  const body = await storage.stream(from);
  if (body) await storage.write(to, body);
  return body !== null;
};

/** Copies what the last run left; names below the outbox folder. */
const copyResults = async (storage: Storage, job: Job): Promise<string[]> => {
  const prefix = keys.run(job.id, job.attempt);
  const to = (name: string) => keys.outbox(job.project, job.name, name);
  const copied: string[] = [];
  for (const name of FILES) if (await copy(storage, prefix + name, to(name))) copied.push(name);
  if (job.adapter === null) return copied;
  for await (const { key } of storage.list(job.adapter)) {
    const name = `adapter/${key.slice(job.adapter.length)}`;
    if (await copy(storage, key, to(name))) copied.push(name);
  }
  return copied;
};

const writeModel = async (storage: Storage, job: Job): Promise<void> => {
  if (job.model === null || job.adapter === null) return;
  const { base, method } = job.resolved ?? job.recipe;
  const alias: Alias = {
    version: 1,
    id: job.model,
    base,
    method: method.type,
    adapter: job.adapter,
    init_from: initFrom(job.recipe.method),
    job: job.id,
    dataset: job.dataset,
    project: job.project,
    verdict: job.verdict,
    created_at_ms: job.finished_at_ms,
  };
  await storage.write(keys.model(job.model), jsonBytes(alias));
};

const MESSAGES: Record<JobStatus, (job: Job) => string> = {
  validating: () => 'The dataset is being checked.',
  queued: (job) =>
    job.attempt === 0
      ? 'The job waits for a machine.'
      : 'The job waits for another machine and goes on from its last checkpoint.',
  starting: () => 'A machine is being started.',
  running: () => 'The job is running.',
  pausing: () => 'The job stops at its next checkpoint.',
  paused: () => 'The job is paused and can be resumed.',
  cancelling: () => 'The job is being cancelled.',
  succeeded: (job) => `The tuned model is ${job.model}.`,
  failed: (job) => job.error?.message ?? 'The job failed.',
  cancelled: () => 'The job was cancelled.',
};

const messageOf = async (storage: Storage, job: Job): Promise<string> => {
  const plain = MESSAGES[job.status](job);
  if (job.status !== 'succeeded') return plain;
  const bytes = await storage.read(runKeys.report(keys.run(job.id, job.attempt)));
  const report = RunReport.safeParse(bytes && parseJson(bytes));
  return report.success ? `${plain} ${report.data.message}` : plain;
};

/** A duplicate was said before, and this is still its job. */
const knownDuplicate = async (storage: Storage, key: string, job: Job): Promise<string | null> => {
  const bytes = await storage.read(key);
  const known = OutboxStatus.safeParse(bytes && parseJson(bytes));
  return known.success && known.data.job === job.id ? known.data.duplicate_of : null;
};

const publishOnce = async (storage: Storage, job: Job, duplicate_of: string | null): Promise<void> => {
  if (job.status === 'succeeded') await writeModel(storage, job);
  const outbox = (name: string) => keys.outbox(job.project, job.name, name);
  const files = isFinal(job.status) && job.attempt > 0 ? await copyResults(storage, job) : [];
  if (job.error?.code === 'invalid_training_file' || job.error?.code === 'invalid_validation_file') {
    if (await copy(storage, keys.datasetReport(job.dataset), outbox('errors.json')))
      files.push('errors.json');
    if (!files.includes('report.html'))
      if (await copy(storage, keys.datasetPage(job.dataset), outbox('report.html')))
        files.push('report.html');
  }
  const status: OutboxStatus = {
    version: 1,
    job: job.id,
    status: job.status,
    verdict: job.verdict,
    model: job.model,
    message: await messageOf(storage, job),
    error: job.error,
    files,
    duplicate_of: duplicate_of ?? (await knownDuplicate(storage, outbox('status.json'), job)),
  };
  await storage.write(outbox('status.json'), jsonBytes(status)); // last: whoever sees it finds the files
};

/** Writes the job as it is now; again where it moved meanwhile, so that an old status never stays. */
export const publish = async (
  { db, storage }: Pick<Deps, 'db' | 'storage'>,
  { job: id, duplicate_of }: { job: string; duplicate_of?: string | undefined },
): Promise<void> => {
  for (
    let job = await findJob(db, id), last = '';
    last !== `${job.status} ${job.verdict}`;
    job = await findJob(db, id)
  ) {
    last = `${job.status} ${job.verdict}`;
    await publishOnce(storage, job, duplicate_of ?? null);
  }
};

/** A drop that is not complete yet says what it waits for. A job's status is not overwritten. */
export const writeWaiting = async (
  storage: Storage,
  project: string,
  name: string,
  lacking: readonly string[],
): Promise<void> => {
  const key = keys.outbox(project, name, 'status.json');
  const bytes = await storage.read(key);
  const known = OutboxStatus.safeParse(bytes && parseJson(bytes));
  if (known.success && known.data.job !== null) return;
  const status: OutboxStatus = {
    version: 1,
    job: null,
    status: 'waiting',
    verdict: null,
    model: null,
    message: `The drop waits for ${lacking.join(' and ')}.`,
    error: null,
    files: [],
    duplicate_of: null,
  };
  await storage.write(key, jsonBytes(status));
};
