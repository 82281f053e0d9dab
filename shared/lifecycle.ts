/** A job is the fold of its events through `advance`. Pure: the one place that applies it is `shared/db/jobs.ts`. */
import type { JobEvent, JobEventType } from './contracts/event.ts';
import type { Job, JobStatus } from './contracts/job.ts';
import { modelId } from './model-id.ts';

/** Workers of one job that may be lost before it fails. */
export const MAX_ATTEMPTS = 3;

type Row = { readonly [E in JobEventType]?: JobStatus };

/** Reports that say no more than "the worker lives". */
const alive = (status: JobStatus) =>
  ({ started: status, progressed: status, checkpointed: status, evaluated: status }) as const;
/** What a worker may say at any time; it outranks everything, since the work is done. */
const ended = { succeeded: 'succeeded', failed: 'failed' } as const;

/** Status × event → status. Events may skip ahead or come late; a blank is recorded and changes nothing. */
const NEXT: Record<JobStatus, Row> = {
  validating: { queued: 'queued', rejected: 'failed', failed: 'failed', cancel_requested: 'cancelled' },
  queued: {
    ...ended,
    claimed: 'starting',
    checkpointed: 'queued',
    pause_requested: 'paused',
    cancel_requested: 'cancelled',
  },
  starting: {
    ...alive('running'),
    ...ended,
    released: 'queued',
    lost: 'queued',
    paused: 'paused',
    cancelled: 'cancelled',
    pause_requested: 'pausing',
    cancel_requested: 'cancelling',
  },
  running: {
    ...alive('running'),
    ...ended,
    lost: 'queued',
    paused: 'paused',
    cancelled: 'cancelled',
    pause_requested: 'pausing',
    cancel_requested: 'cancelling',
  },
  pausing: {
    ...alive('pausing'),
    ...ended,
    released: 'paused',
    lost: 'paused',
    paused: 'paused',
    cancelled: 'cancelled',
    cancel_requested: 'cancelling',
  },
  paused: { ...ended, checkpointed: 'paused', resumed: 'queued', cancel_requested: 'cancelled' },
  cancelling: {
    ...alive('cancelling'),
    ...ended,
    released: 'cancelled',
    lost: 'cancelled',
    paused: 'cancelled',
    cancelled: 'cancelled',
  },
  succeeded: {},
  failed: {},
  cancelled: {},
};

export const isFinal = (status: JobStatus): boolean => Object.keys(NEXT[status]).length === 0;

/** Statuses in which a machine belongs to the job. */
export const ACTIVE = ['starting', 'running', 'pausing', 'cancelling'] as const satisfies JobStatus[];
export const isActive = (status: JobStatus): boolean => (ACTIVE as readonly JobStatus[]).includes(status);

const PHASES = ['prepare', 'evaluate_base', 'train', 'evaluate_tuned', 'save'] as const;
type Progress = NonNullable<Job['progress']>;
const isLater = (a: Progress, b: Progress | null): boolean =>
  b === null ||
  PHASES.indexOf(a.phase) > PHASES.indexOf(b.phase) ||
  (a.phase === b.phase && a.step >= b.step);

type Event<E extends JobEventType> = Extract<JobEvent, { type: E }>;
type Changes = {
  readonly [E in JobEventType]: (job: Job, event: Event<E>) => Partial<Job>;
};
const nothing = () => ({});

/** Event → what it changes beside the status. */
const CHANGES: Changes = {
  created: nothing,
  validated: nothing,
  rejected: (_, { error }) => ({ error }),
  queued: (_, { resolved }) => ({ resolved }),
  claimed: (_, { attempt }) => ({ attempt, progress: null }),
  released: nothing,
  started: nothing,
  progressed: (job, { progress }) => (isLater(progress, job.progress) ? { progress } : {}),
  checkpointed: (job, { step, prefix, metrics }) =>
    step >= (job.checkpoint?.step ?? 0) ? { checkpoint: { step, prefix, metrics } } : {},
  evaluated: (_, { verdict }) => ({ verdict }),
  pause_requested: nothing,
  paused: nothing,
  resumed: nothing,
  cancel_requested: nothing,
  cancelled: nothing,
  lost: (job) => ({ losses: job.losses + 1 }),
  succeeded: (job, { adapter, trained_tokens, verdict }) => ({
    adapter,
    trained_tokens,
    verdict,
    model: modelId(job),
  }),
  failed: (_, { error }) => ({ error }),
};

const workerLost = ({ reason, log_tail }: Event<'lost'>): NonNullable<Job['error']> => ({
  code: 'worker_lost',
  message: `${MAX_ATTEMPTS} workers were lost; the last one: ${reason}`,
  param: null,
  hint: 'See log.txt of the last run. A machine with too little memory is the commonest cause.',
  log_tail: log_tail ?? null,
});

/** An event of another attempt is history. A claim names the attempt that it begins. */
const isCurrent = (job: Job, event: JobEvent): boolean =>
  !('attempt' in event) || event.attempt === job.attempt + (event.type === 'claimed' ? 1 : 0);

/** The job after the event: the same object where the event means nothing in the job's status. */
export const advance = (job: Job, event: JobEvent): Job => {
  const status = NEXT[job.status][event.type];
  if (!status || !isCurrent(job, event)) return job;
  // the table's function takes exactly this member of the union; TypeScript cannot see the correlation
  const changed = (CHANGES[event.type] as (job: Job, event: JobEvent) => Partial<Job>)(job, event);
  const next: Job = { ...job, ...changed, status };
  const after: Job =
    event.type === 'lost' && status === 'queued' && next.losses >= MAX_ATTEMPTS
      ? { ...next, status: 'failed', error: workerLost(event) }
      : next;
  return isFinal(after.status) ? { ...after, finished_at_ms: event.at_ms } : after;
};

/** How OpenAI's clients see a status; `paused` is theirs too, although their enum omits it. */
const OPENAI_STATUS = {
  validating: 'validating_files',
  queued: 'queued',
  starting: 'queued',
  running: 'running',
  pausing: 'running',
  paused: 'paused',
  cancelling: 'running',
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'cancelled',
} as const satisfies Record<JobStatus, string>;

export const openAiStatus = (status: JobStatus): (typeof OPENAI_STATUS)[JobStatus] => OPENAI_STATUS[status];
