/** Recipe with `auto` → recipe of numbers, each with its reason. Pure. */
import type { DatasetReport } from '../contracts/dataset.ts';
import type { Reason, Recipe, ResolvedRecipe } from '../contracts/recipe.ts';
import { findInCatalog } from '../catalog.ts';
import { AppError } from '../errors.ts';
import { type Choose, chooser } from './choose.ts';
import { fitObjective, type Kinds } from './fit.ts';
import { type BaseFacts, earlyStoppingFor, type Known, optimFor } from './loop.ts';
import { isTiny, rateFor, resolveMethod } from './method.ts';
import { batchForObjective, checkBatch, rateForObjective, resolveObjective } from './objective.ts';

const UNITS: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, b: 1e9 };

/** As the catalog has it; else names of models say their size: `SmolLM2-135M-Instruct`. */
export const factsOf = (base: string): BaseFacts => {
  const known = findInCatalog(base);
  if (known) return { parameters: known.params, context: null };
  const said = /(?<![\d.])(\d+(?:\.\d+)?)([kmb])(?![A-Za-z])/i.exec(base);
  return { parameters: said ? Number(said[1]) * UNITS[said[2]!.toLowerCase()]! : null, context: null };
};

const DEFAULT_SEED = 42;
export const seedOf = ({ training: { seed } }: Recipe): number => (seed === 'auto' ? DEFAULT_SEED : seed);

/** Rows up to which a step learns from so many. */
const BATCH_SIZES = [
  [15, 1],
  [59, 2],
  [149, 4],
  [999, 8],
] as const;
const batchSizeFor = (rows: number): number => BATCH_SIZES.find(([most]) => rows <= most)?.[1] ?? 16;

const [TARGET_EPOCHS, MAX_EPOCHS, MAX_PASSES] = [3, 10, 25_000];
/** A base that knows next to nothing has more to learn from each row, and a step of it takes a moment. */
const leastSteps = ({ parameters }: BaseFacts): number => (isTiny(parameters) ? 250 : 100);
const epochsFor = (rows: number, batch_size: number, least: number): [value: number, why: string] => {
  if (rows * TARGET_EPOCHS > MAX_PASSES)
    return [
      Math.max(1, Math.floor(MAX_PASSES / rows)),
      `${rows} rows: about ${MAX_PASSES} passes over examples are enough`,
    ];
  const needed = Math.ceil(least / Math.ceil(rows / batch_size));
  if (needed <= TARGET_EPOCHS) return [TARGET_EPOCHS, 'three passes are the usual start'];
  const value = Math.min(MAX_EPOCHS, needed);
  return [value, `${rows} rows are few: towards ${least} steps, at most ${MAX_EPOCHS} passes`];
};

type Training = ResolvedRecipe['training'];

const resolveTraining = (
  { training: t, method }: Recipe,
  objective: ResolvedRecipe['objective']['type'],
  { train: rows, held_out }: DatasetReport['rows'],
  base: Known,
  choose: Choose,
): Training => {
  const batch_size = choose(
    'training.batch_size',
    t.batch_size,
    batchForObjective(objective, [batchSizeFor(rows), `${rows} rows to learn from`]),
  );
  checkBatch(objective, batch_size);
  const n_epochs = choose('training.n_epochs', t.n_epochs, epochsFor(rows, batch_size, leastSteps(base)));
  const steps = Math.max(1, Math.ceil((rows / batch_size) * n_epochs));
  const fifth = [Math.max(1, Math.floor(steps / 5)), `a fifth of ${steps} steps`] as const;
  const often = Math.min(steps, Math.max(10, Math.floor(steps / 10)));
  const times = t.learning_rate_multiplier === 'auto' ? 1 : t.learning_rate_multiplier;
  const [rate, why] = rateForObjective(objective, rateFor(method.type, base.parameters));
  const longest = Math.min(1024, base.context ?? 1024);
  return {
    n_epochs,
    batch_size,
    learning_rate: choose('training.learning_rate', t.learning_rate, [
      Math.min(1, rate * times),
      times === 1 ? why : `${why}, times ${times}`,
    ]),
    warmup_ratio: choose('training.warmup_ratio', t.warmup_ratio, [0.05, 'a short warm-up']),
    lr_scheduler_type: choose('training.lr_scheduler_type', t.lr_scheduler_type, ['cosine', 'ends at rest']),
    weight_decay: choose('training.weight_decay', t.weight_decay, [0.01, 'usual for AdamW']),
    max_grad_norm: choose('training.max_grad_norm', t.max_grad_norm, [1, 'usual']),
    max_length: choose('training.max_length', t.max_length, [
      longest,
      longest < 1024 ? 'all that the base can read' : 'longer rows are cut',
    ]),
    packing: choose('training.packing', t.packing, [true, 'short rows share a sequence']),
    seed: choose('training.seed', t.seed, [DEFAULT_SEED, 'the same job gives the same model']),
    eval_steps: choose('training.eval_steps', t.eval_steps, fifth),
    save_steps: choose('training.save_steps', t.save_steps, [
      often,
      `a tenth of ${steps} steps, ten at least`,
    ]),
    optim: choose('training.optim', t.optim, optimFor(method.type, base)),
    load_best_model_at_end: choose('training.load_best_model_at_end', t.load_best_model_at_end, [
      held_out > 0,
      held_out > 0
        ? 'the held-out rows say which step was the best'
        : 'no held-out rows say which step was best',
    ]),
    early_stopping: choose('training.early_stopping', t.early_stopping, earlyStoppingFor(n_epochs, held_out)),
  };
};

/** What of a dataset's report the plan rests on. */
type Data = Pick<DatasetReport, 'rows' | 'shape' | 'kinds'>;

const kindsOf = ({ kinds, shape, rows }: Data): Kinds =>
  kinds ?? { [shape === 'text' ? 'text' : 'chat']: rows.train };

const resolveEvaluation = (
  { evaluation: e }: Recipe,
  { rows: { held_out }, shape }: Data,
  base: BaseFacts,
  choose: Choose,
): ResolvedRecipe['evaluation'] => {
  const continuing = shape === 'text'; // any continuation of a text may be right: the loss decides, a few are for reading
  if (typeof e.schema === 'string')
    throw new AppError(
      'invalid_recipe',
      `evaluation.schema names the file ${e.schema}: put the JSON Schema itself there`,
    );
  return {
    enabled: e.enabled,
    schema: e.schema ?? null,
    max_new_tokens: choose(
      'evaluation.max_new_tokens',
      e.max_new_tokens,
      isTiny(base.parameters)
        ? [192, 'room for a short answer in the short pieces of a tiny vocabulary']
        : [128, 'room for a short answer'],
    ),
    samples: choose('evaluation.samples', e.samples, [
      Math.min(continuing ? 10 : 100, held_out),
      continuing ? 'plain text has no one right continuation' : `${held_out} rows are held out`,
    ]),
  };
};

/** Throws `invalid_recipe` where a JSON Schema is still a file's name, and where the objective does not fit the rows. */
export const resolveRecipe = (
  recipe: Recipe,
  report: Data,
  base: Known = factsOf(recipe.base),
): { resolved: ResolvedRecipe; reasons: Reason[] } => {
  const reasons: Reason[] = [];
  const choose = chooser(reasons);
  const objective = resolveObjective(fitObjective(recipe.objective, kindsOf(report), choose), choose);
  const resolved: ResolvedRecipe = {
    base: recipe.base,
    engine: choose('engine', recipe.engine, ['onnx', 'the engine that needs nothing but Node']),
    method: resolveMethod(recipe.method, choose),
    objective,
    training: resolveTraining(recipe, objective.type, report.rows, base, choose),
    evaluation: resolveEvaluation(recipe, report, base, choose),
    gates: recipe.gates,
    budget: recipe.budget,
    export: recipe.export,
  };
  return { resolved, reasons };
};
