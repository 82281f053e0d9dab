/** Our rows as OpenAI's objects. Pure; shapes: https://platform.openai.com/docs/api-reference/fine-tuning/object */
import { createHash } from 'node:crypto';
import type { ApiJob } from '../../shared/contracts/api.ts';
import type { JobEvent } from '../../shared/contracts/event.ts';
import type { Job } from '../../shared/contracts/job.ts';
import { keys, runKeys } from '../../shared/keys.ts';
import { isFinal, openAiStatus } from '../../shared/lifecycle.ts';
import { modelId } from '../../shared/model-id.ts';
import type { FileRow } from '../../shared/db/files.ts';

/** OpenAI's times are whole seconds. */
export const seconds = (ms: number): number => Math.floor(ms / 1000);

/** Chosen numbers once they are known, what was asked before. The multiplier that was asked stays: ours is a rate. */
const hyperparametersOf = ({ recipe, resolved }: Job) => {
  const { n_epochs, batch_size } = resolved?.training ?? recipe.training;
  return { n_epochs, batch_size, learning_rate_multiplier: recipe.training.learning_rate_multiplier };
};

/** OpenAI knows two of our objectives; `x_recipe` names the others. */
const methodOf = ({ recipe, resolved }: Job, hyperparameters: ReturnType<typeof hyperparametersOf>) => {
  const objective = resolved?.objective ?? recipe.objective;
  return objective.type === 'dpo'
    ? { type: 'dpo', dpo: { hyperparameters: { ...hyperparameters, beta: objective.beta } } }
    : { type: 'supervised', supervised: { hyperparameters } };
};

const errorOf = ({ error }: Job) =>
  error && { code: error.code, message: error.message, param: error.param, x_hint: error.hint };

const finishOf = ({ status, progress }: Job, now_ms: number): number | null =>
  isFinal(status) || progress?.eta_seconds == null ? null : seconds(now_ms + progress.eta_seconds * 1000);

/** `uri` makes a key of the store into a URI. */
export const toApiJob = (job: Job, { now_ms, uri }: { now_ms: number; uri: (key: string) => string }) => {
  const hyperparameters = hyperparametersOf(job);
  const { seed } = job.resolved?.training ?? job.recipe.training;
  return {
    id: job.id,
    object: 'fine_tuning.job',
    created_at: seconds(job.created_at_ms),
    finished_at: job.finished_at_ms === null ? null : seconds(job.finished_at_ms),
    model: job.request?.model ?? job.recipe.base,
    fine_tuned_model: job.model,
    organization_id: 'org-droptune',
    status: openAiStatus(job.status),
    hyperparameters,
    method: methodOf(job, hyperparameters),
    trained_tokens: job.trained_tokens,
    training_file: job.request?.training_file ?? job.dataset,
    validation_file: job.request?.validation_file ?? null,
    result_files: [],
    // a number even before `auto` is one: clients declare it so
    seed: seed === 'auto' ? 0 : seed,
    error: errorOf(job),
    estimated_finish: finishOf(job, now_ms),
    integrations: [],
    metadata: job.request?.metadata ?? null,
    user_provided_suffix: job.request?.suffix ?? null,
    x_status: job.status,
    x_project: job.project,
    x_name: job.name,
    x_dataset: job.dataset,
    x_attempt: job.attempt,
    x_losses: job.losses,
    x_progress: job.progress,
    x_verdict: job.verdict,
    x_recipe: job.resolved ?? job.recipe,
    x_files: {
      run: job.attempt === 0 ? null : uri(keys.run(job.id, job.attempt)),
      adapter: job.adapter === null ? null : uri(job.adapter),
      outbox: uri(keys.outbox(job.project, job.name, '')),
    },
    x_created_at_ms: job.created_at_ms,
    x_finished_at_ms: job.finished_at_ms,
  } satisfies ApiJob & Record<string, unknown>;
};

/** `ftckpt_` and 20 of [0-9a-z], the same each time for the same event. */
const checkpointId = (event: string): string => {
  const number = BigInt(`0x${createHash('sha256').update(event).digest('hex')}`);
  return `ftckpt_${number.toString(36).padStart(20, '0').slice(-20)}`;
};

export const toApiCheckpoint = (job: Job, event: Extract<JobEvent, { type: 'checkpointed' }>) => ({
  id: checkpointId(event.id),
  object: 'fine_tuning.job.checkpoint' as const,
  created_at: seconds(event.at_ms),
  fine_tuning_job_id: job.id,
  fine_tuned_model_checkpoint: `${job.model ?? modelId(job)}:ckpt-step-${event.step}`,
  step_number: event.step,
  metrics: Object.fromEntries(Object.entries(event.metrics).filter(([, value]) => value !== null)),
  x_attempt: event.attempt,
});

export const toApiFile = (file: FileRow) => ({
  id: file.id,
  object: 'file' as const,
  bytes: file.bytes,
  created_at: seconds(file.created_at_ms),
  filename: file.filename,
  purpose: file.purpose,
  status: file.status,
  status_details: file.status_details,
  expires_at: null,
});

/** A page in OpenAI's list envelope. */
export const toApiList = <T extends { readonly id: string }>(data: readonly T[], has_more: boolean) => ({
  object: 'list' as const,
  data,
  first_id: data[0]?.id ?? null,
  last_id: data.at(-1)?.id ?? null,
  has_more,
});

export const reportKey = (job: Job): string => runKeys.report(keys.run(job.id, job.attempt));
export const reportPageKey = (job: Job): string => runKeys.reportPage(keys.run(job.id, job.attempt));
