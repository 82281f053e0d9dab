/** What a job trains: the method on the base, the objective, and the lessons it learns from. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ResolvedMethod } from '../../shared/contracts/method.ts';
import type { TokenRow } from '../../shared/text/shards.ts';
import { seamsOf } from '../adapters/index.ts';
import type { Seams } from '../nn/seams.ts';
import { rowLosses } from '../evaluate/arm.ts';
import { layOut } from '../runtime/parameters.ts';
import { type Lay, layOf } from '../train/batch.ts';
import { openHead } from '../train/head.ts';
import { keepOf, type MemoryPlan } from '../train/memory/plan.ts';
import { fitMemory, probeMemory } from './memory.ts';
import { type Lessons, openLessons, planLessons, scoreRows } from '../train/lessons.ts';
import type { Steps, StepSettings } from '../train/steps.ts';
import { objectiveOf } from '../train/objectives/index.ts';
import type { Objective } from '../train/objectives/objective.ts';
import { openStack } from '../train/stack.ts';
import { openTrainer, type Trainer, type Treat } from '../train/trainer.ts';
import { takeContinued } from './continue.ts';
import { type Ground, groundOf } from './ground.ts';
import type { Job } from './task.ts';

/** Tokens of one pass, padding included. Longer rows run alone. */
const TOKENS_PER_PASS = 512;

/** transformers' Trainer spares norms and biases; LoRA+ hurries B. */
const treatmentOf =
  (method: ResolvedMethod): Treat =>
  ({ name }) => ({
    rate: method.type === 'lora' && name.includes('lora_B') ? (method.loraplus_lr_ratio ?? 1) : 1,
    decay: method.type !== 'full' || !/(?:bias|norm|ln_\d|ln_f)/i.test(name),
  });

/** log p of each row's answer by the reference: asked once, kept beside the other results and in each checkpoint. */
export const REFERENCE = 'reference.json';

type Logps = { readonly train: Float64Array; readonly held_out: Float64Array };
type Sets = { readonly train: readonly TokenRow[]; readonly held_out: readonly TokenRow[] };
type Before = { readonly nll: Trainer['nll']; readonly lay: Lay };
type Reference = Before & { readonly logps: Logps };

/** The base alone; where an adapter is continued, the base with that adapter as it came: what training starts from. */
const modelBefore = ({ plan, open, continued }: Job, { model, weights }: Ground): Before => {
  const seams = continued ? seamsOf(plan.recipe.method, open.model) : {};
  const parameters = layOut(open.model, seams);
  if (continued) takeContinued(parameters, continued, open.model);
  const before = { ...open, model, weights, seams, parameters };
  const stack = openStack({ ...before, keep: () => 'none' });
  const head = openHead(before);
  const nll: Before['nll'] = async (batch) => head.loss(await stack.forward(batch, false), batch.targets);
  return { nll, lay: layOf(seams) };
};

const referenceOf = async (job: Job, ground: Ground, sets: Sets): Promise<Reference> => {
  const file = join(job.plan.out, REFERENCE);
  const before = modelBefore(job, ground);
  if (existsSync(file)) {
    const known = JSON.parse(readFileSync(file, 'utf8')) as Record<keyof Logps, number[]>;
    const logps = { train: Float64Array.from(known.train), held_out: Float64Array.from(known.held_out) };
    return { ...before, logps };
  }
  const who = job.continued ? 'the adapter that it continues' : 'the base';
  job.io.emit({ type: 'note', message: `asks ${who} once how likely each answer is` });
  const score = async (rows: readonly TokenRow[]) => {
    const placed = rows.map((row, index) => ({ row, index }));
    const sums = await scoreRows(before.nll, placed, { most: TOKENS_PER_PASS, lay: before.lay });
    return Float64Array.from(rows, (_, i) => sums.get(i) ?? 0);
  };
  const logps = { train: await score(sets.train), held_out: await score(sets.held_out) };
  writeFileSync(file, JSON.stringify({ train: [...logps.train], held_out: [...logps.held_out] }));
  return { ...before, logps };
};

export type Pupil = {
  readonly trainer: Trainer;
  readonly seams: Seams;
  readonly lessons: Lessons;
  /** the objective's loss over held-out rows; null where there are none */
  readonly evaluate: (() => Promise<number>) | null;
  readonly memory: MemoryPlan;
  /** runs the largest pass for nothing where memory is not ample; throws `out_of_memory` */
  readonly probe: () => Promise<void>;
  readonly ground: Ground;
};

export const LOSS_ROWS = 32; // held-out rows behind `eval_loss` on the way; the report takes all

/** One lesson of all held-out rows: its loss is the objective's own. */
const evaluation = (
  objective: Objective,
  trainer: Trainer,
  { rows, lay, reference }: Pick<Parameters<typeof openLessons>[0], 'rows' | 'lay' | 'reference'>,
): Pupil['evaluate'] => {
  const units = Math.floor(rows.length / objective.unit);
  if (units === 0) return null;
  if (objective.unit === 1 && !objective.mismatched)
    return async () => {
      const losses = await rowLosses(trainer.nll, rows, { lay });
      return losses.reduce((sum, x) => sum + x, 0) / losses.length;
    };
  const lessons = openLessons({
    rows,
    settings: { batch_size: units, n_epochs: 1, seed: 0, packing: true, tokens_per_pass: TOKENS_PER_PASS },
    objective,
    lay,
    policy: trainer.nll,
    reference,
  });
  return async () => {
    const { passes, context } = await lessons.at(0);
    return trainer.loss(passes, context);
  };
};

/** What is known before the first pass: who learns, what of, and in what shapes. */
export type Laid = Pick<Pupil, 'trainer' | 'seams' | 'memory' | 'ground'> & {
  readonly objective: Objective;
  readonly lay: Lay;
  readonly settings: Omit<StepSettings, 'unit' | 'layout'>;
  readonly steps: Steps;
};

export const layPupil = async (job: Job, rows: readonly TokenRow[]): Promise<Laid> => {
  const { plan, open } = job;
  const { method, objective: asked, training } = plan.recipe;
  const seams = seamsOf(method, open.model);
  const objective = objectiveOf(asked);
  const lay = layOf(seams);
  let fitted: MemoryPlan | null = null; // known before the first pass, after the values are counted
  const ground = await groundOf(job, { rows, seams, most: TOKENS_PER_PASS });
  const trainer = openTrainer({
    ...open,
    model: ground.model,
    weights: ground.weights,
    seams,
    objective,
    treat: treatmentOf(method),
    optim: training.optim,
    keep: (layer) => (fitted ? keepOf(fitted)(layer) : 'none'),
    largest: () => fitted?.largest ?? 0,
  });
  const settingsFor = (tokens_per_pass: number) => ({ ...training, seed: plan.seed, tokens_per_pass });
  const planned = new Map<number, Steps>();
  const stepsFor = (tokens: number): Steps => {
    const steps = planned.get(tokens) ?? planLessons({ rows, objective, lay, settings: settingsFor(tokens) });
    planned.set(tokens, steps);
    return steps;
  };
  const memory = fitMemory(job, trainer, { model: ground.model, seams }, stepsFor);
  fitted = memory;
  const steps = stepsFor(memory.tokens_per_pass);
  const settings = settingsFor(memory.tokens_per_pass);
  return {
    trainer,
    seams,
    memory,
    ground,
    objective,
    lay,
    settings,
    steps,
  };
};

export const openPupil = async (job: Job, sets: Sets): Promise<Pupil> => {
  const laid = await layPupil(job, sets.train);
  const { trainer, seams, memory, ground, objective, lay, settings, steps } = laid;
  const reference = objective.referenced ? await referenceOf(job, ground, sets) : null;
  const of = (which: keyof Sets) => reference && { ...reference, logps: reference.logps[which] };
  const lessons = openLessons({
    rows: sets.train,
    objective,
    lay,
    settings,
    policy: trainer.nll,
    steps,
    reference: of('train'),
  });
  const measured = sets.held_out.slice(0, LOSS_ROWS);
  const evaluate = evaluation(objective, trainer, { rows: measured, lay, reference: of('held_out') });
  const probe = async () => {
    if (!memory.ample) await probeMemory(trainer, lessons, steps);
  };
  return { trainer, seams, lessons, evaluate, memory, probe, ground };
};
