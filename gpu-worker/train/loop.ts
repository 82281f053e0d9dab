/** The training loop: what happens at each step, and when to measure, save and stop. */
import type { ResolvedRecipe } from '../../shared/contracts/recipe.ts';
import type { MetricsLine } from '../../shared/contracts/spec.ts';
import { AppError } from '../../shared/errors.ts';
import type { TrainState } from './checkpoint.ts';
import { type Schedule, rateAt } from './schedule.ts';
import type { Lessons } from './lessons.ts';
import type { Trainer } from './trainer.ts';

export type LoopEvents = {
  step(line: MetricsLine, state: TrainState): void;
  save(state: TrainState): void;
};

export type LoopOptions = {
  readonly trainer: Trainer;
  readonly lessons: Lessons;
  readonly training: ResolvedRecipe['training'];
  readonly state: TrainState;
  /** mean loss over the held-out rows, null where there are none */
  readonly evaluate: (() => Promise<number>) | null;
  /** what someone asked for meanwhile */
  readonly stopAsked: () => 'pause' | 'cancel' | null;
  /** milliseconds since 1970 by which the last step should be made */
  readonly deadline_ms: number | null;
  readonly events: LoopEvents;
  readonly now?: () => number;
};

const scheduleOf = (t: LoopOptions['training'], total_steps: number): Schedule => ({
  type: t.lr_scheduler_type,
  lr: t.learning_rate,
  warmup_steps: Math.ceil(t.warmup_ratio * total_steps),
  total_steps,
});

/** Steps that fit before the deadline at the pace so far, of those planned; the schedule follows, so that it still ends at
 *  zero. A machine that gets faster gets its steps back. */
const affordable = (step: number, planned: number, pace_ms: number, left_ms: number): number =>
  Math.min(planned, step + Math.max(0, Math.floor(left_ms / pace_ms)));

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

/** Let timers and stdin be served: a run of the model blocks the event loop. */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const finite = (loss: number, norm: number, step: number): void => {
  if (Number.isFinite(loss) && Number.isFinite(norm)) return;
  throw new AppError('diverged', `Training diverged at step ${step}: loss ${loss}, gradient norm ${norm}`, {
    hint: 'Lower training.learning_rate, or look for broken rows in the dataset',
  });
};

/** Runs from `state.step` to the end, or until someone asks to stop. Returns where it got to and why it ended. */
export const runLoop = async (
  options: LoopOptions,
): Promise<{ state: TrainState; ended: 'done' | 'pause' | 'cancel' }> => {
  const { trainer, lessons, training, events, now = Date.now } = options;
  let state = options.state;
  const paces: number[] = [];
  while (state.step < state.total_steps) {
    await breathe();
    const asked = options.stopAsked();
    if (asked) {
      if (asked === 'pause') events.save(state);
      return { state, ended: asked };
    }
    const began = now();
    const { passes, context } = await lessons.at(state.step);
    const lr = rateAt(scheduleOf(training, state.total_steps), state.step);
    const { loss, report } = await trainer.learn(passes, context);
    const { weight_decay, max_grad_norm: clip } = training;
    const grad_norm = trainer.update({ lr, weight_decay, clip });
    const step = state.step + 1;
    finite(loss, grad_norm, step);

    const tokens = passes.reduce((n, b) => n + b.tokens, 0);
    const took = now() - began;
    paces.push(took);
    const due = step % training.eval_steps === 0 || step === state.total_steps;
    const eval_loss = due && options.evaluate ? await options.evaluate() : null;
    state = {
      ...state,
      step,
      trained_tokens: state.trained_tokens + tokens,
      last_loss: loss,
      eval_loss: eval_loss ?? state.eval_loss,
    };
    if (options.deadline_ms !== null && paces.length >= 3) {
      const pace = median(paces.slice(-9));
      state = { ...state, total_steps: affordable(step, lessons.count, pace, options.deadline_ms - now()) };
    }
    events.step(
      {
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
      },
      state,
    );
    if (step % training.save_steps === 0 || step === state.total_steps) events.save(state);
  }
  return { state, ended: 'done' };
};
