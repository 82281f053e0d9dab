/** What crosses HTTP: OpenAI's requests and objects, and ours below `/v1/x/`. Times in OpenAI's fields are seconds. */
import { z } from 'zod';
import { Progress, Verdict } from './event.ts';
import { ProjectName } from './ids.ts';
import { JobStatus } from './job.ts';

const auto = z.literal('auto');

/** Fields beginning with `x_` pass, whatever they hold; any other unknown field is refused: a typo must not train for hours. */
const request = <T extends z.ZodRawShape>(shape: T) =>
  z.looseObject(shape).superRefine((value, ctx) => {
    const keys = Object.keys(value).filter((key) => !(key in shape) && !key.startsWith('x_'));
    if (keys.length > 0) ctx.addIssue({ code: 'unrecognized_keys', keys, input: value });
  });

const hyperparameters = {
  n_epochs: z.union([auto, z.int().min(1).max(50)]).optional(),
  batch_size: z.union([auto, z.int().min(1).max(256)]).optional(),
  learning_rate_multiplier: z.union([auto, z.number().positive()]).optional(),
} as const;
const Hyperparameters = request(hyperparameters);
const DpoHyperparameters = request({
  ...hyperparameters,
  beta: z.union([auto, z.number().positive().max(2)]).optional(),
});

const FineTuneMethod = z.discriminatedUnion('type', [
  request({
    type: z.literal('supervised'),
    supervised: request({ hyperparameters: Hyperparameters.optional() }).nullish(),
  }),
  request({
    type: z.literal('dpo'),
    dpo: request({ hyperparameters: DpoHyperparameters.optional() }).nullish(),
  }),
]);

export const Metadata = z
  .record(z.string().max(64), z.string().max(512))
  .refine((pairs) => Object.keys(pairs).length <= 16, 'at most 16 pairs');

/** Body of `POST /v1/fine_tuning/jobs`. `x_recipe` is a whole recipe; `x_project` names whose job it is. */
export const CreateJobBody = request({
  model: z.string().min(1),
  training_file: z.string().min(1),
  validation_file: z.string().min(1).nullish(),
  suffix: z.string().min(1).max(64).nullish(),
  seed: z.int().min(0).max(2_147_483_647).nullish(),
  metadata: Metadata.nullish(),
  method: FineTuneMethod.nullish(),
  hyperparameters: Hyperparameters.nullish(),
  integrations: z.array(z.unknown()).max(0, 'this service knows no integrations: leave them out').nullish(),
  x_recipe: z.record(z.string(), z.unknown()).optional(),
  x_project: ProjectName.optional(),
});
export type CreateJobBody = z.infer<typeof CreateJobBody>;

const PURPOSES = ['fine-tune', 'evals', 'user_data', 'assistants', 'batch', 'vision'] as const;
export const FilePurpose = z.enum(PURPOSES);

/** `?after=…&limit=…`; a page larger than `most` is refused. */
export const pageQuery = (most: number, standard: number) =>
  z.object({
    after: z.string().min(1).optional(),
    limit: z.coerce.number().int().min(1).max(most).default(standard),
  });
export const FilesQuery = pageQuery(10_000, 10_000).extend({
  order: z.enum(['asc', 'desc']).default('desc'),
  purpose: z.string().optional(),
});

/** Body of `POST /v1/x/webhooks`. Without `events`: succeeded, failed, cancelled and paused. Without `secret`: one is made. */
export const CreateWebhookBody = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  secret: z
    .string()
    .regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/, 'whsec_ and the base64 of 24 to 64 bytes')
    .optional(),
  events: z
    .array(z.string().regex(/^fine_tuning\.job\.[a-z_]+$/))
    .min(1)
    .optional(),
});
export type CreateWebhookBody = z.infer<typeof CreateWebhookBody>;

/** OpenAI's job object, as this service fills it. */
export const ApiJob = z.looseObject({
  id: z.string(),
  object: z.literal('fine_tuning.job'),
  created_at: z.int(),
  finished_at: z.int().nullable(),
  model: z.string(),
  fine_tuned_model: z.string().nullable(),
  status: z.string(),
  trained_tokens: z.int().nullable(),
  estimated_finish: z.int().nullable(),
  error: z.looseObject({ code: z.string(), message: z.string(), param: z.string().nullable() }).nullable(),
  x_status: JobStatus,
  x_project: z.string(),
  x_name: z.string(),
  x_attempt: z.int(),
  x_progress: Progress.nullable(),
  x_verdict: Verdict.nullable(),
  /** where the files are: URIs of folders, null as long as there is nothing */
  x_files: z.strictObject({ run: z.string().nullable(), adapter: z.string().nullable(), outbox: z.string() }),
});
export type ApiJob = z.infer<typeof ApiJob>;

export const ApiEvent = z.looseObject({
  id: z.string(),
  object: z.literal('fine_tuning.job.event'),
  created_at: z.int(),
  level: z.enum(['info', 'warn', 'error']),
  message: z.string(),
  type: z.enum(['message', 'metrics']),
  data: z.record(z.string(), z.unknown()),
  x_event: z.string(),
});
export type ApiEvent = z.infer<typeof ApiEvent>;

/** What a file dropped over HTTP led to. */
export const ApiInboxObject = z.looseObject({
  object: z.literal('x.inbox_object'),
  key: z.string(),
  bytes: z.int(),
  outcome: z.string(),
  job: z.string().nullable(),
});
export type ApiInboxObject = z.infer<typeof ApiInboxObject>;

export const ApiError = z.looseObject({
  error: z.looseObject({
    message: z.string(),
    type: z.string().nullish(),
    param: z.string().nullish(),
    code: z.string().nullish(),
  }),
});
