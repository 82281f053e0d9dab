/** The files through which the two halves talk (DESIGN §10). Keys: `shared/keys.ts`. */
import { z } from 'zod';
import { JobId } from './ids.ts';
import { ResolvedRecipe } from './recipe.ts';

/** `spec.json`: all a worker knows. No secret in it: its storage credential comes by its environment or role. */
export const Spec = z.strictObject({
  version: z.literal(1),
  job: JobId,
  attempt: z.int().min(1),
  seed: z.int().min(0),
  recipe: ResolvedRecipe,
  base: z.strictObject({ id: z.string(), revision: z.string().nullable(), sha256: z.string().nullable() }),
  /** URI of `rows.jsonl.gz`, and the sha256 of its bytes in hex */
  dataset: z.strictObject({ uri: z.string(), sha256: z.string() }),
  /** URI of a `checkpoint/<step>/` folder of an earlier attempt */
  resume_from: z.string().nullable(),
  /** key prefix that this attempt writes below; ends in `/` unless empty */
  prefix: z.string(),
  limits: z.strictObject({ max_minutes: z.number().positive().nullable() }),
  trace: z.string(),
});
export type Spec = z.infer<typeof Spec>;

/** `claim`: which worker process owns the attempt. */
export const Claim = z.strictObject({ token: z.string(), machine: z.string(), at_ms: z.int() });

/** `heartbeat`: rewritten every 10 s; unchanged for 90 s by the reader's clock = lost. */
export const Heartbeat = z.strictObject({ seq: z.int(), step: z.int(), at_ms: z.int() });
export type Heartbeat = z.infer<typeof Heartbeat>;

/** `control.json`: what the service wants of the worker, which reads it every 5 s. */
export const Control = z.strictObject({ rev: z.int(), want: z.enum(['run', 'pause', 'cancel']) });
export type Control = z.infer<typeof Control>;

/** One line of `metrics.jsonl` a step. */
export const MetricsLine = z.strictObject({
  step: z.int(),
  epoch: z.number(),
  /** mean negative log-likelihood over the step's trained tokens, nats */
  loss: z.number(),
  /** 2-norm over all trained values, before clipping */
  grad_norm: z.number(),
  learning_rate: z.number(),
  /** input tokens of the step, padding excluded */
  tokens: z.int(),
  tokens_per_second: z.number(),
  rss_mb: z.number(),
  eval_loss: z.number().optional(),
  /** of preferences, means over the step: β·(log p − reference) of the answers, their difference, and how often it is > 0 */
  rewards_chosen: z.number().optional(),
  rewards_rejected: z.number().optional(),
  rewards_desirable: z.number().optional(),
  rewards_undesirable: z.number().optional(),
  margin: z.number().optional(),
  accuracy: z.number().optional(),
  log_odds: z.number().optional(),
});
export type MetricsLine = z.infer<typeof MetricsLine>;

/** `manifest.json` and a checkpoint's `complete.json`: sha256 (hex) and bytes of every file beside it, written last. */
export const Manifest = z.strictObject({
  version: z.literal(1),
  files: z.record(z.string(), z.strictObject({ sha256: z.string(), bytes: z.int() })),
});
export type Manifest = z.infer<typeof Manifest>;
