/** A whole job on the onnx engine: measure the base, train, measure the tuned model, write everything below `out`. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { MetricsLine } from '../../shared/contracts/spec.ts';
import { progressOf } from '../../shared/progress.ts';
import { splitRows, type TokenRow } from '../../shared/text/shards.ts';
import { seamsOf } from '../adapters/index.ts';
import { rowLosses } from '../evaluate/arm.ts';
import { compileSchema } from '../evaluate/metrics/schema.ts';
import { initialise } from '../runtime/parameters.ts';
import { loadCheckpoint, saveAdapter, saveCheckpoint, type TrainState } from '../train/checkpoint.ts';
import { runLoop } from '../train/loop.ts';
import { planSteps, type Steps } from '../train/steps.ts';
import { openTrainer, type Trainer } from '../train/trainer.ts';
import { openSafetensors } from '../weights/safetensors.ts';
import { EXIT, type Plan } from './contract.ts';
import { judgeJob, measureArm, readHeldOut, StoppedError } from './judge.ts';
import { openModel } from '../runtime/open.ts';
import type { EngineIo, Job } from './task.ts';

/** Tokens of one pass, padding included. Longer rows run alone. */
const TOKENS_PER_PASS = 512;
const LOSS_ROWS = 32; // held-out rows behind `eval_loss` on the way; the report takes all

const readShard = (path: string): TokenRow[] => {
  const file = openSafetensors(path);
  try {
    const [input_ids, weights, offsets, lines] = ['input_ids', 'weights', 'offsets', 'lines'].map((n) =>
      file.read(n),
    );
    const labels = file.names().includes('desirable')
      ? { desirable: file.read('desirable') as Int32Array }
      : {};
    return splitRows({
      input_ids: input_ids as Int32Array,
      weights: weights as Float32Array,
      offsets: offsets as BigInt64Array,
      lines: lines as Int32Array,
      ...labels,
    });
  } finally {
    file.close();
  }
};

const report = (job: Job, progress: Parameters<typeof progressOf>[0]): void =>
  job.io.emit({ type: 'progress', progress: progressOf(progress) });

const start = (job: Job, trainer: Trainer, steps: Steps): TrainState => {
  const { plan } = job;
  if (plan.resume_from) {
    const { state, curve } = loadCheckpoint(plan.resume_from, trainer, job.baseArm);
    job.curve.push(...curve);
    job.io.emit({ type: 'note', message: `continues from step ${state.step} of ${state.total_steps}` });
    return state;
  }
  initialise(trainer.parameters, plan.seed);
  return {
    version: 1,
    step: 0,
    total_steps: steps.count,
    trained_tokens: 0,
    last_loss: null,
    eval_loss: null,
  };
};

const train = async (
  job: Job,
  trainer: Trainer,
  steps: Steps,
  heldOut: readonly TokenRow[],
  from: TrainState,
) => {
  const { plan, io } = job;
  const { recipe } = plan;
  const identity = { method: recipe.method, baseId: plan.base.id };
  const measured = heldOut.slice(0, LOSS_ROWS);
  const evaluate = async () => {
    const losses = await rowLosses(trainer.nll, measured);
    return losses.reduce((sum, x) => sum + x, 0) / losses.length;
  };
  const saved = (state: TrainState) => {
    const folder = join(plan.out, 'checkpoint', String(state.step));
    saveCheckpoint(folder, trainer, state, identity, job);
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
    trainer,
    steps,
    training: recipe.training,
    state: from,
    evaluate: measured.length > 0 ? evaluate : null,
    stopAsked: io.stopAsked,
    deadline_ms: plan.deadline_ms === null ? null : plan.deadline_ms - job.reserve_seconds * 1000,
    events: { step: stepped, save: saved },
  });
};

const work = async (job: Job, began: number): Promise<number> => {
  const { plan, open, io } = job;
  const { recipe } = plan;
  const rows = readShard(plan.train);
  const heldOut = readHeldOut(plan, open.tokenizer, readShard(plan.held_out));
  const steps = planSteps(rows, { ...recipe.training, seed: plan.seed, tokens_per_pass: TOKENS_PER_PASS });
  const seams = seamsOf(recipe.method);
  const trainer = openTrainer({ ...open, seams });
  const state = start(job, trainer, steps);

  const base =
    recipe.evaluation.enabled && heldOut.length > 0 ? await measureArm(job, 'base', heldOut, null) : null;
  if (base) job.reserve_seconds = base.seconds * 1.5 + 5;
  const held = heldOut.map((r) => r.tokens);
  const { state: end, ended } = await train(job, trainer, steps, held, state);
  if (ended !== 'done') return EXIT.resumable;

  report(job, {
    phase: 'save',
    step: end.step,
    steps: end.total_steps,
    epoch: steps.epoch(end.step),
    loss: end.last_loss,
    eval_loss: end.eval_loss,
  });
  saveAdapter(join(plan.out, 'adapter'), trainer, { method: recipe.method, baseId: plan.base.id });
  const tuned = base
    ? await measureArm(job, 'tuned', heldOut, { seams, parameters: trainer.parameters })
    : null;
  const verdict = judgeJob(job, {
    heldOut,
    arms: { ...(base && { base }), ...(tuned && { tuned }) },
    figures: {
      train_rows: rows.length,
      cut_rows: plan.cut_rows,
      empty_rows: plan.empty_rows,
      trained_tokens: end.trained_tokens,
      optimizer_steps: end.step,
      trained_values: trainer.parameters.values.length,
      row_tokens: steps.row_tokens,
      minutes: (Date.now() - began) / 60_000,
    },
  });
  io.emit({ type: 'done', trained_tokens: end.trained_tokens, verdict });
  return EXIT.done;
};

/** Runs the plan and returns the exit code. Errors pass through. */
export const runJob = async (plan: Plan, io: EngineIo): Promise<number> => {
  const began = Date.now();
  mkdirSync(plan.out, { recursive: true });
  const { schema: given } = plan.recipe.evaluation;
  const schema = given && compileSchema(given);
  const open = await openModel(plan.base.path, plan.threads);
  const baseArm = join(plan.out, 'base.json');
  const job: Job = { plan, io, open, schema, baseArm, curve: [], reserve_seconds: 0 };
  try {
    return await work(job, began);
  } catch (error) {
    if (error instanceof StoppedError) return EXIT.resumable;
    throw error;
  } finally {
    await open.close();
  }
};
