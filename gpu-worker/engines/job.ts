/** A whole job on the onnx engine: measure the base, train, measure the tuned model, write everything below `out`. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { MetricsLine } from '../../shared/contracts/spec.ts';
import { imitates } from '../../shared/plan/fit.ts';
import { progressOf } from '../../shared/progress.ts';
import { saveTuned, type Tuned } from '../runtime/write-tuned.ts';
import { compileSchema } from '../evaluate/metrics/schema.ts';
import { initialise } from '../runtime/initialise.ts';
import { restoreResults } from '../train/checkpoint/folder.ts';
import { type Keeper, openKeeper } from '../train/checkpoint/keeper.ts';
import { freshState, type TrainState } from '../train/checkpoint/state.ts';
import { runLoop } from '../train/loop.ts';
import { objectiveOf } from '../train/objectives/index.ts';
import { flopsFor } from '../train/flops.ts';
import { keepOf } from '../train/memory/plan.ts';
import type { Trainer } from '../train/trainer.ts';
import { continuedName, readContinued, takeContinued, withSettingsOf } from './continue.ts';
import { EXIT, type Plan } from './contract.ts';
import { judgeJob, measureArm, readHeldOut, StoppedError } from './judge.ts';
import { openModel } from '../runtime/open.ts';
import { memoryFigures } from './memory.ts';
import { openPupil, type Pupil, REFERENCE } from './pupil.ts';
import { readShard } from './shard.ts';
import type { EngineIo, Job } from './task.ts';

const tunedOf = ({ plan, open: { model, base } }: Job, { parameters }: Trainer): Tuned => ({
  method: plan.recipe.method,
  model,
  base,
  baseId: plan.base.id,
  continues: continuedName(plan),
  parameters,
});

const report = (job: Job, progress: Parameters<typeof progressOf>[0]): void =>
  job.io.emit({ type: 'progress', progress: progressOf(progress) });

const keeperOf = (job: Job, { trainer, lessons }: Pupil): Keeper => {
  const { plan, open, continued, results: files, curve } = job;
  const begin = () => {
    initialise(trainer.parameters, plan.seed, open.weights);
    if (continued) takeContinued(trainer.parameters, continued, open.model);
    return freshState(lessons.count);
  };
  const { optimizer } = trainer;
  return openKeeper({ out: plan.out, trained: { ...tunedOf(job, trainer), optimizer }, curve, files, begin });
};

const start = ({ plan, io }: Job, keeper: Keeper): TrainState => {
  if (!plan.resume_from) return keeper.goBack();
  const state = keeper.resume(plan.resume_from);
  io.emit({ type: 'note', message: `continues from step ${state.step} of ${state.total_steps}` });
  return state;
};

/** The trainer, each step of which adds to the job's operations. */
const counting = (
  { trainer, seams, ground, memory }: Pupil,
  job: Job,
): Pick<Trainer, 'learn' | 'update' | 'objective'> => {
  const flops = flopsFor({ model: ground.model, seams, keep: keepOf(memory) });
  return {
    objective: trainer.objective,
    update: (rates) => trainer.update(rates),
    learn: (passes, context) => {
      job.train_flops += flops.learn(passes);
      return trainer.learn(passes, context);
    },
  };
};

const train = async (job: Job, pupil: Pupil, keeper: Keeper, from: TrainState) => {
  const { lessons, evaluate, ground } = pupil;
  ground.settle();
  const { plan, io } = job;
  const { recipe } = plan;
  const saved = (state: TrainState) => {
    const folder = keeper.save(state);
    const metrics = { step: state.step, train_loss: state.last_loss, full_valid_loss: state.eval_loss };
    io.emit({ type: 'checkpoint', step: state.step, folder, metrics });
  };
  const stepped = (line: MetricsLine, state: TrainState) => {
    job.curve.push(line);
    io.emit({ type: 'metrics', line });
    const { step, total_steps: of } = state;
    const pace = line.tokens / line.tokens_per_second;
    report(job, {
      phase: 'train',
      step,
      steps: of,
      epoch: line.epoch,
      loss: line.loss,
      eval_loss: state.eval_loss,
      eta_seconds: (of - step) * pace + job.reserve_seconds,
      tokens_per_second: line.tokens_per_second,
    });
  };
  return runLoop({
    trainer: counting(pupil, job),
    lessons,
    training: recipe.training,
    state: from,
    evaluate,
    stopAsked: io.stopAsked,
    deadline_ms: plan.deadline_ms === null ? null : plan.deadline_ms - job.reserve_seconds * 1000,
    goBack: keeper.goBack,
    events: {
      step: stepped,
      save: saved,
      best: keeper.keepBest,
      note: (message) => io.emit({ type: 'note', message }),
    },
  });
};

/** The step whose values are saved and judged: that of the best evaluation where it was asked for, else the last one. */
const takeBest = ({ plan, io }: Job, keeper: Keeper, { step, best, eval_loss }: TrainState): number => {
  const { load_best_model_at_end: wanted } = plan.recipe.training;
  if (!wanted || !best || best.step === step || !keeper.loadBest()) return step;
  io.emit({
    type: 'note',
    message: `the adapter is that of step ${best.step}, whose held-out loss of ${best.eval_loss.toFixed(4)} was the lowest; at step ${step} it was ${eval_loss?.toFixed(4)}`,
  });
  return best.step;
};

/** How the training went, for the report. */
const figuresOf = (job: Job, { trainer, lessons, ground, memory }: Pupil, end: TrainState) => ({
  continued_from: continuedName(job.plan),
  cut_rows: job.plan.cut_rows,
  empty_rows: job.plan.empty_rows,
  trained_tokens: end.trained_tokens,
  optimizer_steps: end.step,
  best_eval_loss: end.best?.eval_loss ?? null,
  back_offs: end.back_offs.length,
  trained_values: trainer.parameters.values.length,
  ...ground.figures,
  train_flops: job.train_flops,
  row_tokens: lessons.lengths.at(-1) ?? 0,
  ...memoryFigures(memory),
});

const work = async (job: Job, began: number): Promise<number> => {
  const { plan, open, io } = job;
  const { recipe } = plan;
  const rows = readShard(plan.train);
  const shard = readShard(plan.held_out);
  const heldOut = readHeldOut(plan, open.tokenizer, shard);
  // a held-out pair has both answers; what imitates is measured by the chosen one
  const measured = imitates(recipe.objective.type) ? heldOut.map(({ tokens }) => tokens) : shard;
  if (plan.resume_from) restoreResults(plan.resume_from, job.results);
  const pupil = await openPupil(job, { train: rows, held_out: measured });
  const { trainer, lessons } = pupil;
  const keeper = keeperOf(job, pupil);
  const state = start(job, keeper);
  if (state.step < state.total_steps) await pupil.probe();

  const base =
    recipe.evaluation.enabled && heldOut.length > 0 ? await measureArm(job, 'base', heldOut, null) : null;
  if (base) job.reserve_seconds = base.seconds * 1.5 + 5;
  const { state: end, ended } = await train(job, pupil, keeper, state);
  if (ended !== 'done') return EXIT.resumable;

  report(job, {
    phase: 'save',
    step: end.step,
    steps: end.total_steps,
    epoch: lessons.epoch(end.step),
    loss: end.last_loss,
    eval_loss: end.eval_loss,
  });
  const adapter_step = takeBest(job, keeper, end);
  saveTuned(join(plan.out, 'adapter'), tunedOf(job, trainer));
  const tuned = base
    ? await measureArm(job, 'tuned', heldOut, {
        seams: pupil.seams,
        parameters: trainer.parameters,
      })
    : null;
  const verdict = judgeJob(job, {
    heldOut,
    arms: { ...(base && { base }), ...(tuned && { tuned }) },
    figures: {
      ...figuresOf(job, pupil, end),
      train_rows: rows.length / objectiveOf(recipe.objective).unit,
      adapter_step,
      minutes: (Date.now() - began) / 60_000,
    },
  });
  io.emit({ type: 'done', trained_tokens: end.trained_tokens, verdict });
  return EXIT.done;
};

/** The base open, settings of a continued adapter taken over, the folder for results made. */
export const openJob = async (asked: Plan, io: EngineIo): Promise<Job> => {
  const continued = readContinued(asked);
  const plan = continued ? withSettingsOf(asked, continued) : asked;
  mkdirSync(plan.out, { recursive: true });
  const { schema: given } = plan.recipe.evaluation;
  const schema = given && compileSchema(given);
  const open = await openModel(plan.base.path, plan.threads, plan.device);
  const baseArm = join(plan.out, 'base.json');
  const results = [baseArm, join(plan.out, REFERENCE)];
  return {
    plan,
    io,
    open,
    continued,
    schema,
    baseArm,
    results,
    curve: [],
    reserve_seconds: 0,
    train_flops: 0,
  };
};

/** Runs the plan and returns the exit code. Errors pass through. */
export const runJob = async (asked: Plan, io: EngineIo): Promise<number> => {
  const began = Date.now();
  const job = await openJob(asked, io);
  try {
    return await work(job, began);
  } catch (error) {
    if (error instanceof StoppedError) return EXIT.resumable;
    throw error;
  } finally {
    await job.open.close();
  }
};
