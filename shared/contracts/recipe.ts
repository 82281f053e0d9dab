/** What to do with a dataset: `job.yaml`, an API body's `x_recipe`, `--set a.b=c`. Every key optional, `auto` wherever a number is. */
import { z } from 'zod';
import { Method, ResolvedMethod } from './method.ts';
import { Objective, ResolvedObjective } from './objective.ts';
import { Privacy } from './privacy.ts';

const auto = z.literal('auto');
const autoOr = <T extends z.ZodType>(type: T) => z.union([auto, type]).default('auto');

/** Names are transformers' `TrainingArguments` where it has them. */
const TRAINING = {
  n_epochs: z.number().positive().max(50),
  /** rows an optimizer step learns from */
  batch_size: z.int().min(1).max(256),
  learning_rate: z.number().positive().max(1),
  warmup_ratio: z.number().min(0).max(1),
  lr_scheduler_type: z.enum(['cosine', 'linear', 'constant']),
  weight_decay: z.number().min(0).max(1),
  max_grad_norm: z.number().positive(),
  /** tokens of a row beyond which it is cut */
  max_length: z.int().min(8).max(131_072),
  packing: z.boolean(),
  seed: z.int().min(0).max(2_147_483_647),
  eval_steps: z.int().min(1),
  save_steps: z.int().min(1),
  optim: z.enum(['adamw_torch', 'adamw_8bit', 'adafactor']),
  /** keep the values of the evaluation with the lowest loss, not the last ones */
  load_best_model_at_end: z.boolean(),
  /** end after `patience` evaluations in a row whose loss is not below the lowest by more than `min_delta` nats */
  early_stopping: z.union([
    z.literal(false),
    z.strictObject({ patience: z.int().min(1).default(3), min_delta: z.number().min(0).default(0) }),
  ]),
} as const;
type Training = typeof TRAINING;

const training = z.strictObject({
  n_epochs: autoOr(TRAINING.n_epochs),
  batch_size: autoOr(TRAINING.batch_size),
  learning_rate: autoOr(TRAINING.learning_rate),
  learning_rate_multiplier: autoOr(z.number().positive()),
  warmup_ratio: autoOr(TRAINING.warmup_ratio),
  lr_scheduler_type: autoOr(TRAINING.lr_scheduler_type),
  weight_decay: autoOr(TRAINING.weight_decay),
  max_grad_norm: autoOr(TRAINING.max_grad_norm),
  max_length: autoOr(TRAINING.max_length),
  packing: autoOr(TRAINING.packing),
  seed: autoOr(TRAINING.seed),
  eval_steps: autoOr(TRAINING.eval_steps),
  save_steps: autoOr(TRAINING.save_steps),
  optim: autoOr(TRAINING.optim),
  load_best_model_at_end: autoOr(TRAINING.load_best_model_at_end),
  early_stopping: autoOr(TRAINING.early_stopping),
});

export const Shape = z.enum([
  'chat',
  'prompt-completion',
  'text',
  'alpaca',
  'sharegpt',
  'sharegpt-pairs',
  'query-response',
  'openai-dpo',
  'openai-rft',
  'preference',
  'kto',
  'anthropic',
  'vertex',
  'bedrock',
]);
export type Shape = z.infer<typeof Shape>;

const data = z.strictObject({
  shape: autoOr(Shape),
  /** our name → the column that holds it, e.g. `{ prompt: q, completion: a }` */
  columns: z.record(z.string(), z.string()).default({}),
  /** share of the rows (below 1) or number of rows (from 1) kept for the test */
  held_out: autoOr(z.number().min(0)),
  /** rows that say exactly what an earlier one says */
  duplicates: z.enum(['drop', 'keep']).default('drop'),
  /** rows that say nearly what an earlier one says, or one of the test */
  near_duplicates: z.enum(['report', 'drop']).default('report'),
  /** Jaccard likeness of character 5-grams from which rows are near-duplicates */
  near_threshold: z.number().min(0.5).max(1).default(0.85),
  /** personal data and secrets in the rows */
  privacy: Privacy.prefault({}),
  /** system message for rows that have none */
  system: z.string().optional(),
});

const evaluation = z.strictObject({
  enabled: z.boolean().default(true),
  /** path of a JSON Schema beside job.yaml, or the schema itself */
  schema: z.union([z.string().min(1), z.record(z.string(), z.unknown())]).optional(),
  max_new_tokens: autoOr(z.int().min(1).max(4096)),
  /** held-out rows that are answered by generation; the loss is taken over all */
  samples: autoOr(z.int().min(0)),
});

const budget = z.strictObject({
  max_minutes: z.number().positive().optional(),
  max_tokens: z.int().positive().optional(),
  max_usd: z.number().positive().optional(),
  /** before anything is sent anywhere: `trim` lowers `training.n_epochs` until the job fits; absent: it is refused */
  when_exceeded: z.enum(['refuse', 'trim']).optional(),
});
const gates = z.strictObject({ min_gain: z.number().optional() });

export const Recipe = z.strictObject({
  base: z.string().min(1).default('HuggingFaceTB/SmolLM2-135M-Instruct'),
  engine: z.enum(['auto', 'onnx']).default('auto'),
  method: Method.default(() => Method.parse({ type: 'lora' })),
  objective: Objective.default({ type: 'auto' }),
  training: training.prefault({}),
  data: data.prefault({}),
  evaluation: evaluation.prefault({}),
  gates: gates.prefault({}),
  budget: budget.prefault({}),
  export: z.array(z.enum(['adapter'])).default(['adapter']),
  webhook: z.strictObject({ url: z.url() }).optional(),
});
export type Recipe = z.infer<typeof Recipe>;
export type RecipeInput = z.input<typeof Recipe>;

/** A recipe without `auto`: every number is one. `eval_steps` and `save_steps` are optimizer steps. */
export const ResolvedRecipe = z.strictObject({
  base: z.string().min(1),
  engine: z.enum(['onnx']),
  method: ResolvedMethod,
  objective: ResolvedObjective,
  training: z.strictObject(TRAINING satisfies Training),
  evaluation: z.strictObject({
    enabled: z.boolean(),
    schema: z.record(z.string(), z.unknown()).nullable(),
    max_new_tokens: z.int().min(1),
    samples: z.int().min(0),
  }),
  gates,
  budget,
  export: z.array(z.enum(['adapter'])),
});
export type ResolvedRecipe = z.infer<typeof ResolvedRecipe>;

/** Why an `auto` became this value; `key` is its path in the recipe, e.g. `training.n_epochs`. */
export const Reason = z.strictObject({ key: z.string(), value: z.unknown(), why: z.string() });
export type Reason = z.infer<typeof Reason>;
