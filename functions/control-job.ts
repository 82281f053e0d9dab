/** What people ask of a job that exists; and how its worker hears of it. */
import type { Job, JobStatus } from '../shared/contracts/job.ts';
import type { Control } from '../shared/contracts/spec.ts';
import { findJob, recordEvent } from '../shared/db/jobs.ts';
import { AppError } from '../shared/errors.ts';
import { newId } from '../shared/ids.ts';
import { jsonBytes } from '../shared/json.ts';
import { keys } from '../shared/keys.ts';
import type { Deps } from './deps.ts';

type Request = 'cancel_requested' | 'pause_requested' | 'resumed';

/** Where a job is already where the request leads, it is answered as it is. */
const SATISFIED: Record<Request, readonly JobStatus[]> = {
  cancel_requested: ['cancelling', 'cancelled'],
  pause_requested: ['pausing', 'paused'],
  resumed: ['queued', 'starting', 'running'],
};
const VERB: Record<Request, string> = {
  cancel_requested: 'cancelled',
  pause_requested: 'paused',
  resumed: 'resumed',
};

const request =
  (type: Request) =>
  async ({ db, now }: Pick<Deps, 'db' | 'now'>, id: string): Promise<Job> => {
    const { job, changed } = await recordEvent(db, { type, id: newId('evt_'), job: id, at_ms: now() });
    if (!changed && !SATISFIED[type].includes(job.status))
      throw new AppError('illegal_transition', `Job ${id} is ${job.status} and cannot be ${VERB[type]}`, {
        status: job.status,
      });
    return job;
  };

/** The job after the request. Throws `not_found`, or `illegal_transition` where its status does not allow it. */
export const cancelJob = request('cancel_requested');
export const pauseJob = request('pause_requested');
export const resumeJob = request('resumed');

const WANT: { readonly [S in JobStatus]?: Control['want'] } = { cancelling: 'cancel', pausing: 'pause' };

/** What the worker of an attempt reads every few seconds. */
export const tellWorker = (
  { storage, now }: Pick<Deps, 'storage' | 'now'>,
  { job, attempt }: { job: string; attempt: number },
  want: Control['want'],
): Promise<void> =>
  storage.write(keys.control(job, attempt), jsonBytes({ rev: now(), want } satisfies Control));

/** Message `control`: tells the worker. */
export const control = async (
  deps: Pick<Deps, 'db' | 'storage' | 'now'>,
  { job }: { job: string },
): Promise<void> => {
  const { status, attempt } = await findJob(deps.db, job);
  const want = WANT[status];
  if (want) await tellWorker(deps, { job, attempt }, want);
};
