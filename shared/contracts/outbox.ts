/** `outbox/<project>/<name>/status.json`: all that people who only have the bucket learn of their job. */
import { z } from 'zod';
import { Failure, Verdict } from './event.ts';
import { JobStatus } from './job.ts';

export const OutboxStatus = z.strictObject({
  version: z.literal(1),
  /** null while the drop is not complete */
  job: z.string().nullable(),
  status: z.union([JobStatus, z.literal('waiting')]),
  verdict: Verdict.nullable(),
  model: z.string().nullable(),
  message: z.string(),
  error: Failure.nullable(),
  /** names below this outbox folder */
  files: z.array(z.string()),
  /** the job that an identical drop was answered with */
  duplicate_of: z.string().nullable(),
});
export type OutboxStatus = z.infer<typeof OutboxStatus>;
