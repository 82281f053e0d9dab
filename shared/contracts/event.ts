/** Everything that happens to a job is one of these; a job is the fold of them (`shared/lifecycle.ts`). */
import { z } from 'zod';
import { EventId, JobId } from './ids.ts';
import { ErrorCode } from './error.ts';
import { Reason, ResolvedRecipe } from './recipe.ts';

/** Why a job failed: what, what to do about it, and the last lines of the log. */
export const Failure = z.strictObject({
  code: ErrorCode,
  message: z.string(),
  param: z.enum(['training_file', 'validation_file']).nullable().default(null),
  hint: z.string().nullable().default(null),
  log_tail: z.string().nullable().default(null),
});
export type Failure = z.infer<typeof Failure>;

export const Progress = z.strictObject({
  /** what the worker is doing: evaluate_base → train → evaluate_tuned */
  phase: z.enum(['prepare', 'evaluate_base', 'train', 'evaluate_tuned', 'save']),
  step: z.int().min(0),
  steps: z.int().min(0),
  epoch: z.number().min(0),
  loss: z.number().nullable(),
  eval_loss: z.number().nullable(),
  /** seconds until the job ends, as far as the worker can tell */
  eta_seconds: z.number().min(0).nullable(),
  tokens_per_second: z.number().min(0).nullable(),
});
export type Progress = z.infer<typeof Progress>;

export const Verdict = z.enum(['improved', 'no_significant_gain', 'worse', 'not_evaluated']);
export type Verdict = z.infer<typeof Verdict>;

/** Metrics of a checkpoint under the names OpenAI's checkpoint object has. */
export const CheckpointMetrics = z.strictObject({
  step: z.int(),
  train_loss: z.number().nullable(),
  full_valid_loss: z.number().nullable(),
});

const base = { id: EventId, job: JobId, at_ms: z.int() };
/** Which attempt reports (0: none was made yet); events of an attempt that is not the current one change nothing. */
const run = { ...base, attempt: z.int().min(0) };
const plain = <T extends string>(type: T) => z.strictObject({ type: z.literal(type), ...base });

/** What a worker may report: one file each, `runs/<job>/<attempt>/events/<n>.event.json`, id `<job>.<attempt>.<n>`. */
export const RunEvent = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('started'),
    ...run,
    machine: z.string(),
    engine: z.string(),
    resumed_from_step: z.int().nullable(),
  }),
  z.strictObject({ type: z.literal('progressed'), ...run, progress: Progress }),
  z.strictObject({
    type: z.literal('checkpointed'),
    ...run,
    step: z.int(),
    /** key below the store, ends in `/` */
    prefix: z.string(),
    metrics: CheckpointMetrics,
  }),
  z.strictObject({ type: z.literal('evaluated'), ...run, verdict: Verdict, message: z.string() }),
  z.strictObject({ type: z.literal('paused'), ...run }),
  z.strictObject({ type: z.literal('cancelled'), ...run }),
  z.strictObject({
    type: z.literal('succeeded'),
    ...run,
    /** key of the adapter folder, ends in `/` */
    adapter: z.string(),
    trained_tokens: z.int().min(0),
    verdict: Verdict,
  }),
  z.strictObject({ type: z.literal('failed'), ...run, error: Failure }),
]);
export type RunEvent = z.infer<typeof RunEvent>;

/** What the control plane itself decides or is asked. Cancelling a job that no worker has is `cancel_requested` alone. */
const ControlEvent = z.discriminatedUnion('type', [
  plain('created'),
  plain('validated'),
  z.strictObject({ type: z.literal('rejected'), ...base, error: Failure }),
  /** the recipe without `auto`, and why each number was chosen */
  z.strictObject({ type: z.literal('queued'), ...base, resolved: ResolvedRecipe, reasons: z.array(Reason) }),
  z.strictObject({ type: z.literal('claimed'), ...run }),
  z.strictObject({ type: z.literal('released'), ...run, reason: z.string() }),
  /** `log_tail`: what the launcher still has of a worker that could not put its log */
  z.strictObject({ type: z.literal('lost'), ...run, reason: z.string(), log_tail: z.string().nullish() }),
  plain('pause_requested'),
  plain('resumed'),
  plain('cancel_requested'),
]);

export const JobEvent = z.union([RunEvent, ControlEvent]);
export type JobEvent = z.infer<typeof JobEvent>;
export type JobEventType = JobEvent['type'];
