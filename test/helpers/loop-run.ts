/** A run of the training loop on a trainer that learns nothing, and a clock of its own. */
import { freshState, type TrainState } from '../../gpu-worker/train/checkpoint/state.ts';
import { runLoop, type LoopOptions } from '../../gpu-worker/train/loop.ts';
import type { Lessons } from '../../gpu-worker/train/lessons.ts';
import { sft } from '../../gpu-worker/train/objectives/sft.ts';
import type { MetricsLine } from '../../shared/contracts/spec.ts';

export const START = freshState(100);
export const TRAINING = {
  n_epochs: 1,
  batch_size: 1,
  learning_rate: 1,
  warmup_ratio: 0,
  lr_scheduler_type: 'linear',
  weight_decay: 0,
  max_grad_norm: 1,
  max_length: 64,
  packing: false,
  seed: 0,
  eval_steps: 10,
  save_steps: 25,
  optim: 'adamw_torch',
  load_best_model_at_end: true,
  early_stopping: false,
} as const;

type Fakes = { loss?: (step: number, lr: number) => number; step_ms?: (step: number) => number };

/** A clock that a step moves on, and a trainer that only takes time. `loss` sees the step that is made, counted from 1, and
 *  the rate of the update before it. */
export const run = ({ loss = () => 1, step_ms = () => 1000, ...over }: Partial<LoopOptions> & Fakes = {}) => {
  let [clock, step, lr] = [0, 0, 0];
  const lines: MetricsLine[] = [];
  const seen = { saved: [] as number[], best: [] as number[], notes: [] as string[] };
  let last: TrainState = over.state ?? START;
  const lessons: Lessons = {
    count: 100,
    lengths: [64],
    epoch: (i) => i / 100,
    at: (i) => {
      step = i + 1;
      return Promise.resolve({ passes: [], context: {} });
    },
  };
  const trainer: LoopOptions['trainer'] = {
    objective: sft(),
    learn: () => {
      clock += step_ms(step);
      return Promise.resolve({ loss: loss(step, lr), report: {} });
    },
    update: (rates) => {
      ({ lr } = rates);
      return 1;
    },
  };
  const done = runLoop({
    trainer,
    lessons,
    training: TRAINING,
    state: START,
    evaluate: () => Promise.resolve(2),
    stopAsked: () => null,
    deadline_ms: null,
    goBack: () => last,
    events: {
      step: (line) => lines.push(line),
      save: (state) => {
        last = state;
        seen.saved.push(state.step);
      },
      best: (state) => seen.best.push(state.step),
      note: (message) => seen.notes.push(message),
    },
    now: () => clock,
    ...over,
  });
  return done.then((result) => ({ ...result, lines, ...seen }));
};
