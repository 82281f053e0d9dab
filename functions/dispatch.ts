/** Message `dispatch`: claim → spec.json → a machine. Delivered at least once: only who claims the attempt launches. */
import type { Job } from '../shared/contracts/job.ts';
import type { Spec } from '../shared/contracts/spec.ts';
import { findDataset } from '../shared/db/datasets.ts';
import { recordEvent } from '../shared/db/jobs.ts';
import { claimAttempt, setMachine } from '../shared/db/runs.ts';
import { AppError, hintOf } from '../shared/errors.ts';
import { newId } from '../shared/ids.ts';
import { jsonBytes } from '../shared/json.ts';
import { keys } from '../shared/keys.ts';
import { objectUri } from '../shared/storage/index.ts';
import { tellWorker } from './control-job.ts';
import type { Deps } from './deps.ts';
import type { Launched } from './launchers/launcher.ts';

type Needs = Pick<Deps, 'db' | 'storage' | 'launcher' | 'now' | 'log'>;

const specOf = async ({ db, storage }: Needs, job: Job): Promise<Spec> => {
  const { id, rows_sha256 } = await findDataset(db, job.dataset);
  if (!job.resolved || !rows_sha256)
    throw new AppError('internal', `Job ${job.id} was queued without a plan or rows`);
  return {
    version: 1,
    job: job.id,
    attempt: job.attempt,
    seed: job.resolved.training.seed,
    recipe: job.resolved,
    base: { id: job.resolved.base, revision: null, sha256: null },
    dataset: { uri: objectUri(storage, keys.rows(id)), sha256: rows_sha256 },
    resume_from: job.checkpoint && objectUri(storage, job.checkpoint.prefix),
    prefix: keys.run(job.id, job.attempt),
    limits: { max_minutes: job.resolved.budget.max_minutes ?? null },
    trace: `${job.id}.${job.attempt}`,
  };
};

const launch = async (deps: Needs, job: Job): Promise<Launched> => {
  const { db, storage, launcher } = deps;
  const key = keys.spec(job.id, job.attempt);
  await storage.write(key, jsonBytes(await specOf(deps, job)));
  const specUri = objectUri(storage, key);
  const { id, attempt } = job;
  const launched = await launcher.launch({ job: id, attempt, specUri, store: storage.uri });
  if (launched.kind === 'launched') await setMachine(db, id, attempt, launched.machine);
  return launched;
};

/** Gives the attempt up, and tells its worker so, should there be one all the same. */
const release = async (deps: Needs, { id, attempt }: Job, reason: string): Promise<void> => {
  const { db, now, log } = deps;
  await tellWorker(deps, { job: id, attempt }, 'cancel').catch((error: unknown) =>
    log('warn', `Cannot write the control of ${id}: ${String(error)}`),
  );
  const event = { id: `released.${id}.${attempt}`, job: id, at_ms: now(), attempt };
  await recordEvent(db, { type: 'released', ...event, reason });
};

export const dispatch = async (
  deps: Needs,
  { job: id }: { job: string },
): Promise<'launched' | 'busy' | 'later' | 'skipped'> => {
  const { db, launcher, now, log } = deps;
  const { concurrency } = launcher;
  const claimed = await claimAttempt(db, { job: id, event: newId('evt_'), now_ms: now(), concurrency });
  if (claimed.kind !== 'claimed') return claimed.kind;
  try {
    const launched = await launch(deps, claimed.job);
    if (launched.kind === 'launched') return 'launched';
    await release(deps, claimed.job, launched.reason);
    log('info', `${id} waits for room (${launcher.name}): ${launched.reason}`);
    return 'later';
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const hint = hintOf(cause);
    await release(deps, claimed.job, hint === null ? reason : `${reason}. ${hint}`);
    throw new AppError('launch_failed', `Cannot start a worker (${launcher.name}) for ${id}: ${reason}`, {
      cause,
      hint,
    });
  }
};
