import { z } from 'zod';
import { CheckpointMetrics, Failure, Progress, Verdict } from './event.ts';
import { JobId, ProjectName } from './ids.ts';
import { Recipe, ResolvedRecipe } from './recipe.ts';

export const JobStatus = z.enum([
  'validating',
  'queued',
  'starting',
  'running',
  'pausing',
  'paused',
  'cancelling',
  'succeeded',
  'failed',
  'cancelled',
]);
export type JobStatus = z.infer<typeof JobStatus>;

/** What the API was asked, echoed back in OpenAI's job object; null for a drop. */
const JobRequest = z.looseObject({
  model: z.string(),
  training_file: z.string(),
  validation_file: z.string().nullable(),
  suffix: z.string().nullable(),
  metadata: z.record(z.string(), z.string()).nullable(),
  method: z.record(z.string(), z.unknown()).nullable(),
});

/** One request for one tuned model. Moved only by events: see `advance`. Times are milliseconds since 1970. */
export const Job = z.strictObject({
  id: JobId,
  project: ProjectName,
  /** of the drop: file or folder name; names the outbox folder */
  name: z.string(),
  status: JobStatus,
  dataset: z.string(),
  recipe: Recipe,
  /** set when queued */
  resolved: ResolvedRecipe.nullable(),
  request: JobRequest.nullable(),
  /** number of the current attempt, 0 before the first */
  attempt: z.int().min(0),
  /** attempts whose worker was lost; launches that failed and pauses do not count */
  losses: z.int().min(0),
  progress: Progress.nullable(),
  checkpoint: z.strictObject({ step: z.int(), prefix: z.string(), metrics: CheckpointMetrics }).nullable(),
  adapter: z.string().nullable(),
  model: z.string().nullable(),
  verdict: Verdict.nullable(),
  trained_tokens: z.int().nullable(),
  error: Failure.nullable(),
  created_at_ms: z.int(),
  finished_at_ms: z.int().nullable(),
});
export type Job = z.infer<typeof Job>;
