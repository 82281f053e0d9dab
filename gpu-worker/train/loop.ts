/** The training loop: what happens at each step, and when to measure, save, go back and stop. */
import type { ResolvedRecipe } from '../../shared/contracts/recipe.ts';
import type { MetricsLine } from '../../shared/contracts/spec.ts';
import { AppError } from '../../shared/errors.ts';
import type { TrainState } from './checkpoint/state.ts';
import { BACK_OFFS, hasRunAway, isCalm, watchLoss } from './guard.ts';
import { judgeEvaluation } from './progress.ts';
import { type Schedule, rateAt } from './schedule.ts';
import type { Lessons } from './lessons.ts';
import type { Learnt, Trainer } from './trainer.ts';

export type LoopEvents = {
  step(line: MetricsLine, state: TrainState): void;
  save(state: TrainState): void;
  /** the trained values are the best so far */
  best(state: TrainState): void;
  note(message: string): void;
};

export type LoopOptions = {
  readonly trainer: Pick<Trainer, 'learn' | 'update' | 'objective'>;
  readonly lessons: Lessons;
  readonly training: ResolvedRecipe['training'];
  readonly state: TrainState;
  /** mean loss over the held-out rows, null where there are none */
  readonly evaluate: (() => Promise<number>) | null;
  /** what someone asked for meanwhile */
  readonly stopAsked: () => 'pause' | 'cancel' | null;
  /** milliseconds since 1970 by which the last step should be made */
  readonly deadline_ms: number | null;
  /** puts values, optimizer and curve back to what was saved last, or else to the start, and says where that was */
  readonly goBack: () => TrainState;
  readonly events: LoopEvents;
  readonly now?: () => number;
};

const scheduleOf = (t: LoopOptions['training'], { total_steps, back_offs }: TrainState): Schedule => ({
  type: t.lr_scheduler_type,
  lr: t.learning_rate / 2 ** back_offs.length,
  warmup_steps: Math.ceil(t.warmup_ratio * total_steps),
  total_steps,
});

/** Steps that fit before the deadline at the pace so far, of those planned; the schedule follows, so that it still ends at
 *  zero. A machine that gets faster gets its steps back. */
const affordable = (step: number, planned: number, pace_ms: number, left_ms: number): number =>
  Math.min(planned, step + Math.max(0, Math.floor(left_ms / pace_ms)));

/** Whether a multiple of `every` lies behind `from`, up to `to`. */
const crosses = (every: number, from: number, to: number): boolean =>
  Math.floor(to / every) > Math.floor(from / every);

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

/** Let timers and stdin be served: a run of the model blocks the event loop. */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

type Made = Learnt & { readonly grad_norm: number; readonly lr: number; readonly tokens: number };

/** Changes no value where the loss or the norm is not a number. */
const makeStep = async ({ trainer, lessons, training }: LoopOptions, state: TrainState): Promise<Made> => {
  const { passes, context } = await lessons.at(state.step);
  const lr = rateAt(scheduleOf(training, state), state.step);
  const learnt = await trainer.learn(passes, context);
  const { weight_decay, max_grad_norm: clip } = training;
  const grad_norm = Number.isFinite(learnt.loss) ? trainer.update({ lr, weight_decay, clip }) : NaN;
  return { ...learnt, grad_norm, lr, tokens: passes.reduce((n, b) => n + b.tokens, 0) };
};

type Reached = { readonly state: TrainState; readonly eval_loss: number | null; readonly stops: boolean };
/** `again`: the same values would come to it again, at whatever learning rate. */
type Trouble = { readonly why: string; readonly again: boolean };

/** The state after a step and its evaluation, or what is wrong with it. */
const judgeStep = async (
  { training, evaluate, events }: LoopOptions,
  before: TrainState,
  { loss, grad_norm, tokens }: Made,
): Promise<Reached | Trouble> => {
  if (!Number.isFinite(loss) || !Number.isFinite(grad_norm))
    return { why: `loss ${loss}, gradient norm ${grad_norm}`, again: true };
  const step = before.step + 1;
  const watch = watchLoss(before.watch, loss);
  if (hasRunAway(watch)) return { why: `the loss has risen to ${loss.toFixed(3)}`, again: false };
  const trained_tokens = before.trained_tokens + tokens;
  const state = { ...before, step, trained_tokens, last_loss: loss, watch };
  const due = step % training.eval_steps === 0 || step === state.total_steps;
  const eval_loss = due && evaluate ? await evaluate() : null;
  if (eval_loss === null) return { state, eval_loss, stops: false };
  if (!Number.isFinite(eval_loss)) return { why: `held-out loss ${eval_loss}`, again: false };
  const judged = judgeEvaluation(state, eval_loss, training.early_stopping);
  if (judged.isBest && training.load_best_model_at_end) events.best(judged.state);
  if (judged.stops) {
    const { best, stale } = judged.state;
    events.note(
      `ends early at step ${step}: ${stale} evaluations in a row brought no gain over ${best!.eval_loss.toFixed(4)} at step ${best!.step}`,
    );
  }
  return { state: judged.state, eval_loss, stops: judged.stops };
};

/** Back to the last good state at half the rate; throws where that has not helped often enough, or cannot help. `good` is
 *  the step of that state. */
const backOff = (
  { goBack, events }: LoopOptions,
  { step: made, back_offs }: TrainState,
  { why, again }: Trouble,
  good: number,
): TrainState => {
  const step = made + 1;
  const tried = back_offs.length >= BACK_OFFS;
  if (tried || (again && made === good))
    throw new AppError(
      'diverged',
      `Training diverged at step ${step}: ${why}${tried ? `, though the learning rate was halved ${BACK_OFFS} times` : ''}`,
      { hint: 'Lower training.learning_rate, or look for broken rows in the dataset' },
    );
  const from = goBack();
  events.note(`diverged at step ${step} (${why}): goes back to step ${from.step}, at half the learning rate`);
  return { ...from, back_offs: [...back_offs, { step, why }] };
};

/** Runs from `state.step` to the end, or until someone asks to stop. Returns where it got to and why it ended. */
export const runLoop = async (
  options: LoopOptions,
): Promise<{ state: TrainState; ended: 'done' | 'pause' | 'cancel' }> => {
  const { lessons, training, events, deadline_ms, now = Date.now } = options;
  let { state } = options;
  let good = state.step;
  let saved = -1; // a checkpoint that is there does not change any more
  const save = () => {
    if (saved !== state.step) events.save(state);
    good = saved = state.step;
  };
  const paces: number[] = [];
  while (state.step < state.total_steps) {
    await breathe();
    const asked = options.stopAsked();
    if (asked) {
      if (asked === 'pause') save();
      return { state, ended: asked };
    }
    const began = now();
    const made = await makeStep(options, state);
    const took = now() - began;
    const reached = await judgeStep(options, state, made);
    if ('why' in reached) {
      state = backOff(options, state, reached, good);
      good = state.step;
      continue;
    }
    ({ state } = reached);
    paces.push(took);
    if (deadline_ms !== null && paces.length >= 3 && !reached.stops) {
      const total_steps = affordable(state.step, lessons.count, median(paces.slice(-9)), deadline_ms - now());
      state = { ...state, total_steps };
    }
    events.step(lineOf(options, state, made, { took, eval_loss: reached.eval_loss }), state);
    const due = crosses(training.save_steps, good, state.step) && isCalm(state.watch, made.loss);
    if (due || state.step === state.total_steps) save();
  }
  return { state, ended: 'done' };
};

const lineOf = (
  { lessons, trainer }: LoopOptions,
  { step }: TrainState,
  { loss, report, grad_norm, lr, tokens }: Made,
  { took, eval_loss }: { readonly took: number; readonly eval_loss: number | null },
): MetricsLine => ({
  step,
  epoch: lessons.epoch(step),
  loss,
  grad_norm,
  learning_rate: lr,
  tokens,
  tokens_per_second: tokens / (took / 1000),
  rss_mb: process.memoryUsage().rss / 1e6,
  ...(eval_loss !== null && { eval_loss }),
  ...trainer.objective.figures(report),
});
