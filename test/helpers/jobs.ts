import type { JobEvent } from '../../shared/contracts/event.ts';
import type { Job } from '../../shared/contracts/job.ts';
import { Recipe } from '../../shared/contracts/recipe.ts';
import { freshDataset, freshJob } from '../../functions/new-job.ts';
import { resolveRecipe } from '../../shared/plan/recipe.ts';

let made = 0;
/** `ftjob-00000000000000000001` and so on */
const jobId = (n: number): string => `ftjob-${String(n).padStart(20, '0')}`;

const recipe = Recipe.parse({ base: 'HuggingFaceTB/SmolLM2-135M-Instruct' });
export const rows = {
  in: 100,
  train: 80,
  held_out: 20,
  dropped: 0,
  duplicate: 0,
  quarantined: 0,
  truncated: 0,
};
export const plan = resolveRecipe(recipe, { rows, shape: 'chat' });

export const job = (over: Partial<Job> = {}): Job => ({
  ...freshJob({
    id: jobId(++made),
    project: 'acme',
    name: 'faq',
    dataset: `ds_${made}`,
    recipe,
    request: null,
    now_ms: 1000 + made,
  }),
  ...over,
});

/** A job and the dataset it stands on. */
export const jobWithDataset = (over: Partial<Job> = {}) => {
  const one = job(over);
  const { project, name } = one;
  const dataset = freshDataset({
    project,
    name,
    identity: `identity of ${one.id}`,
    sources: [],
    now_ms: one.created_at_ms,
  });
  return { job: one, dataset: { ...dataset, id: one.dataset } };
};

const failure = { code: 'engine_failed', message: 'it broke', param: null, hint: null, log_tail: null };
const progress = (step: number) => ({
  phase: 'train' as const,
  step,
  steps: 10,
  epoch: step / 10,
  loss: 1,
  eval_loss: null,
  eta_seconds: null,
  tokens_per_second: null,
});

/** One event of every type, as attempt `attempt` of the job reports it. */
export const eventsOf = (of: Pick<Job, 'id' | 'attempt'>, attempt = of.attempt) => {
  const event = (type: string) => ({ id: `${type}.${of.id}.${attempt}`, job: of.id, at_ms: 5000 });
  const run = (type: string) => ({ ...event(type), attempt });
  const metrics = { step: 5, train_loss: 1, full_valid_loss: null };
  const prefix = `runs/${of.id}/${attempt}/checkpoint/5/`;
  return {
    created: { type: 'created', ...event('created') },
    validated: { type: 'validated', ...event('validated') },
    rejected: { type: 'rejected', ...event('rejected'), error: failure },
    queued: { type: 'queued', ...event('queued'), ...plan },
    claimed: { type: 'claimed', ...run('claimed') },
    released: { type: 'released', ...run('released'), reason: 'no machine' },
    started: { type: 'started', ...run('started'), machine: 'm', engine: 'onnx', resumed_from_step: null },
    progressed: { type: 'progressed', ...run('progressed'), progress: progress(5) },
    checkpointed: { type: 'checkpointed', ...run('checkpointed'), step: 5, prefix, metrics },
    evaluated: { type: 'evaluated', ...run('evaluated'), verdict: 'improved', message: 'better' },
    pause_requested: { type: 'pause_requested', ...event('pause_requested') },
    paused: { type: 'paused', ...run('paused') },
    resumed: { type: 'resumed', ...event('resumed') },
    cancel_requested: { type: 'cancel_requested', ...event('cancel_requested') },
    cancelled: { type: 'cancelled', ...run('cancelled') },
    lost: { type: 'lost', ...run('lost'), reason: 'no heartbeat for 91 s' },
    succeeded: {
      type: 'succeeded',
      ...run('succeeded'),
      adapter: `runs/${of.id}/${attempt}/adapter/`,
      trained_tokens: 100,
      verdict: 'improved',
    },
    failed: { type: 'failed', ...run('failed'), error: failure },
  } as const satisfies { [E in JobEvent['type']]: Extract<JobEvent, { type: E }> };
};
export { progress };
