/** How the supervisor (`run.ts`) and an engine, its child process, talk: a work folder in, JSON lines and folders out.
 *  The engine gets the folder as its one argument, `{"stop":"pause"|"cancel"}` lines on stdin, and exits 0 done,
 *  1 failed, 75 stopped and resumable. When its stdin ends, its supervisor is dead and it exits too. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { ErrorCode } from '../../shared/contracts/error.ts';
import { CheckpointMetrics, Progress, Verdict } from '../../shared/contracts/event.ts';
import { ResolvedRecipe } from '../../shared/contracts/recipe.ts';
import { MetricsLine } from '../../shared/contracts/spec.ts';

export const EXIT = { done: 0, failed: 1, resumable: 75 } as const;

/** `plan.json` in the work folder. Every path in it is relative to that folder or absolute. */
export const Plan = z.strictObject({
  version: z.literal(1),
  job: z.string(),
  seed: z.int().min(0),
  recipe: ResolvedRecipe,
  /** folder in Hugging Face layout, or a `.gguf` file; `id` goes into adapter_config.json */
  base: z.strictObject({ id: z.string(), path: z.string() }),
  /** what lineage calls the adapter in the folder `recipe.method.init_from`; absent: by that folder */
  continues: z.string().optional(),
  /** safetensors: see `shared/text/shards.ts` */
  train: z.string(),
  held_out: z.string(),
  /** canonical rows of the held-out shard, one JSON line each, in the same order */
  held_out_rows: z.string(),
  /** rows that were cut to `training.max_length`, and rows of which nothing to learn was left: those are in no shard */
  cut_rows: z.int().min(0),
  empty_rows: z.int().min(0),
  /** a checkpoint folder to continue from */
  resume_from: z.string().nullable(),
  /** milliseconds since 1970 by which the job should end, for `budget.max_minutes` */
  deadline_ms: z.int().nullable(),
  /** where the engine writes `checkpoint/<step>/`, `adapter/`, `report.json`, `report.html`, `predictions.jsonl` */
  out: z.string(),
  threads: z.int().min(1),
  /** absent: cpu */
  device: z.enum(['cpu', 'cuda']).optional(),
});
export type Plan = z.infer<typeof Plan>;

/** The plan of a work folder with the paths in it made absolute. */
export const onDisk = (plan: Plan, folder: string): Plan => {
  const at = (path: string) => resolve(folder, path);
  return {
    ...plan,
    train: at(plan.train),
    held_out: at(plan.held_out),
    held_out_rows: at(plan.held_out_rows),
    resume_from: plan.resume_from && at(plan.resume_from),
    out: at(plan.out),
  };
};

/** One line on the engine's stdout. Anything else it prints (stderr) is log. */
export const EngineMessage = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('note'), message: z.string() }),
  z.strictObject({ type: z.literal('progress'), progress: Progress }),
  z.strictObject({ type: z.literal('metrics'), line: MetricsLine }),
  /** `folder` is complete and will not change; the supervisor uploads it, `complete.json` last */
  z.strictObject({
    type: z.literal('checkpoint'),
    step: z.int(),
    folder: z.string(),
    metrics: CheckpointMetrics,
  }),
  z.strictObject({ type: z.literal('evaluated'), verdict: Verdict, message: z.string() }),
  /** everything under `out` is final */
  z.strictObject({ type: z.literal('done'), trained_tokens: z.int(), verdict: Verdict }),
  z.strictObject({
    type: z.literal('failed'),
    code: ErrorCode,
    message: z.string(),
    hint: z.string().nullable(),
  }),
]);
export type EngineMessage = z.infer<typeof EngineMessage>;

export const StopRequest = z.strictObject({ stop: z.enum(['pause', 'cancel']) });
export type StopRequest = z.infer<typeof StopRequest>;
