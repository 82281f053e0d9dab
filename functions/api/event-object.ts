/** What happened to a job, in the words that people read. Pure. */
import type { ApiEvent } from '../../shared/contracts/api.ts';
import type { JobEvent, JobEventType } from '../../shared/contracts/event.ts';
import { seconds } from './job-object.ts';

type Said = {
  readonly message: string;
  readonly level?: ApiEvent['level'];
  readonly type?: ApiEvent['type'];
  readonly data?: Readonly<Record<string, unknown>>;
};
type Words = { readonly [E in JobEventType]: (event: Extract<JobEvent, { type: E }>) => Said };

const known = (values: Readonly<Record<string, number | null>>): Record<string, number> =>
  Object.fromEntries(Object.entries(values).filter((pair): pair is [string, number] => pair[1] !== null));

const PHASES = {
  prepare: 'Preparing the base model and the rows',
  evaluate_base: 'Testing the base model',
  train: 'Training',
  evaluate_tuned: 'Testing the tuned model',
  save: 'Saving',
} as const;

const progressed: Words['progressed'] = ({ progress }) => {
  const { phase, step, steps, loss, eval_loss, eta_seconds, tokens_per_second } = progress;
  const at = steps > 0 ? ` ${step}/${steps}` : '';
  if (phase !== 'train' || loss === null)
    return { message: `${PHASES[phase]}${at}`, data: { phase, step, total_steps: steps } };
  const valid = eval_loss === null ? '' : `, validation loss=${eval_loss.toFixed(3)}`;
  return {
    message: `Step${at}: training loss=${loss.toFixed(3)}${valid}`,
    type: 'metrics',
    data: {
      step,
      total_steps: steps,
      ...known({ train_loss: loss, valid_loss: eval_loss, eta_seconds, tokens_per_second }),
    },
  };
};

const WORDS: Words = {
  created: () => ({ message: 'Created the job' }),
  validated: () => ({ message: 'The training file is valid' }),
  rejected: ({ error }) => ({ message: error.message, level: 'error', data: { code: error.code } }),
  queued: ({ reasons }) => ({ message: 'Queued; every setting is chosen', data: { reasons } }),
  claimed: ({ attempt }) => ({ message: `Starting attempt ${attempt}`, data: { attempt } }),
  released: ({ attempt, reason }) => ({
    message: `Attempt ${attempt} could not start, it will be tried again: ${reason}`,
    level: 'warn',
    data: { attempt },
  }),
  started: ({ attempt, machine, engine, resumed_from_step }) => ({
    message:
      resumed_from_step === null
        ? `Attempt ${attempt} runs`
        : `Attempt ${attempt} runs, continuing from step ${resumed_from_step}`,
    data: { attempt, machine, engine, resumed_from_step },
  }),
  progressed,
  checkpointed: ({ step, metrics }) => ({ message: `Checkpoint at step ${step}`, data: { ...metrics } }),
  evaluated: ({ verdict, message }) => ({ message, data: { verdict } }),
  pause_requested: () => ({ message: 'Pausing' }),
  paused: () => ({ message: 'Paused' }),
  resumed: () => ({ message: 'Resumed' }),
  cancel_requested: () => ({ message: 'Cancelling' }),
  cancelled: () => ({ message: 'Cancelled' }),
  lost: ({ attempt, reason }) => ({
    message: `The worker of attempt ${attempt} was lost: ${reason}`,
    level: 'warn',
    data: { attempt },
  }),
  succeeded: ({ verdict, trained_tokens }) => ({
    message: 'The job has successfully completed',
    data: { verdict, trained_tokens },
  }),
  failed: ({ error }) => ({
    message: error.message,
    level: 'error',
    data: { code: error.code, hint: error.hint },
  }),
};

export const toApiEvent = (event: JobEvent) => {
  // the table's function takes exactly this member of the union; TypeScript cannot see the correlation
  const said = (WORDS[event.type] as (event: JobEvent) => Said)(event);
  return {
    id: event.id,
    object: 'fine_tuning.job.event' as const,
    created_at: seconds(event.at_ms),
    level: said.level ?? 'info',
    message: said.message,
    type: said.type ?? 'message',
    data: { ...said.data },
    x_event: event.type,
    x_at_ms: event.at_ms,
  } satisfies ApiEvent & Record<string, unknown>;
};
