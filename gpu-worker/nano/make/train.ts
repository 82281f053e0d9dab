/** The engine's own `full` method, on the corpus: what a job would do, without a service around it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NANO } from '../../../shared/catalog.ts';
import { Recipe, type RecipeInput, type ResolvedRecipe } from '../../../shared/contracts/recipe.ts';
import { resolveRecipe } from '../../../shared/plan/recipe.ts';
import type { TokenRow } from '../../../shared/text/shards.ts';
import { EXIT, type EngineMessage, type Plan } from '../../engines/contract.ts';
import { runJob } from '../../engines/job.ts';
import { writeShard } from '../../supervisor/tokens.ts';

export type Lesson = {
  readonly rows: readonly TokenRow[];
  readonly rows_per_step: number;
  readonly learning_rate: number;
  readonly seed: number;
};

const recipeOf = ({ rows, rows_per_step, learning_rate, seed }: Lesson): ResolvedRecipe => {
  const steps = Math.ceil(rows.length / rows_per_step);
  const recipe = Recipe.parse({
    base: NANO,
    method: { type: 'full' },
    training: {
      n_epochs: 1,
      batch_size: rows_per_step,
      learning_rate,
      warmup_ratio: 0.03,
      weight_decay: 0.05,
      lr_scheduler_type: 'cosine',
      optim: 'adamw_torch',
      seed,
      eval_steps: steps,
      save_steps: steps,
    },
    evaluation: { enabled: false },
  } satisfies RecipeInput);
  return resolveRecipe(recipe, {
    rows: {
      in: rows.length,
      train: rows.length,
      held_out: 0,
      dropped: 0,
      duplicate: 0,
      quarantined: 0,
      truncated: 0,
    },
    shape: 'chat',
  }).resolved;
};

/** From the untrained folder `base` to the trained one, whose path is returned. `work` gets shards, checkpoint and result. */
export const train = async (
  base: string,
  work: string,
  lesson: Lesson,
  emit: (message: EngineMessage) => void,
): Promise<string> => {
  mkdirSync(work, { recursive: true });
  const plan: Plan = {
    version: 1,
    job: 'make-nano',
    seed: lesson.seed,
    recipe: recipeOf(lesson),
    base: { id: NANO, path: base },
    train: join(work, 'train.safetensors'),
    held_out: join(work, 'held_out.safetensors'),
    held_out_rows: join(work, 'held_out.jsonl'),
    cut_rows: 0,
    empty_rows: 0,
    resume_from: null,
    deadline_ms: null,
    out: join(work, 'out'),
    threads: 1, // sums are made in one order, whatever the machine
  };
  writeShard(plan.train, lesson.rows);
  writeShard(plan.held_out, []);
  writeFileSync(plan.held_out_rows, '');
  const code = await runJob(plan, { emit, stopAsked: () => null });
  if (code !== EXIT.done) throw new TypeError(`The engine ended with ${code}, though nobody stopped it`);
  return join(plan.out, 'adapter');
};
