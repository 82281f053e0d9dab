/** From a checked dataset to a queued job; and the API's way to make one. */
import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type { z } from 'zod';
import type { Job } from '../shared/contracts/job.ts';
import { Recipe } from '../shared/contracts/recipe.ts';
import { findDataset } from '../shared/db/datasets.ts';
import { findFile } from '../shared/db/files.ts';
import { findJob, recordEvent, startJob } from '../shared/db/jobs.ts';
import type { DatasetSource } from '../shared/db/schema.ts';
import { AppError } from '../shared/errors.ts';
import { planWithinBudget } from '../shared/estimate/plan.ts';
import { newId } from '../shared/ids.ts';
import { constrainedBytes } from '../shared/memory.ts';
import { continueRecipe } from '../shared/plan/continue.ts';
import type { Deps } from './deps.ts';
import { findAdapter } from './find-adapter.ts';
import { pricesOf } from './launchers/launcher.ts';
import { freshDataset, freshJob, recipeEndpoint } from './new-job.ts';
import { type Hyperparameters, objectiveOf, readMethod } from './openai-method.ts';

/** Message `create_job`: resolves the recipe and queues the job, once. Throws `invalid_recipe`, `budget_exceeded`. */
export const createJob = async (
  { db, storage, now, launcher, prices }: Pick<Deps, 'db' | 'storage' | 'now' | 'launcher' | 'prices'>,
  { job: id }: { job: string },
): Promise<void> => {
  const job = await findJob(db, id);
  if (job.status !== 'validating') return;
  const { report } = await findDataset(db, job.dataset);
  if (!report) throw new AppError('internal', `Dataset ${job.dataset} has no report`);
  const { recipe, reasons: adopted } = continueRecipe(job.recipe, await findAdapter({ db, storage }, job));
  const { resolved, reasons: chosen } = planWithinBudget(recipe, report, {
    prices: pricesOf(launcher, prices),
    here: { cores: availableParallelism(), memory: constrainedBytes() },
  });
  const reasons = [...adopted, ...chosen];
  await recordEvent(db, { type: 'queued', id: `queued.${id}`, job: id, at_ms: now(), resolved, reasons });
};

/** What the HTTP API hands over; ids of files, `x_recipe` as it came. */
export type JobFromApi = {
  readonly project?: string | undefined;
  readonly model: string;
  readonly training_file: string;
  readonly validation_file?: string | null | undefined;
  readonly method?: Record<string, unknown> | null | undefined;
  readonly hyperparameters?: z.infer<typeof Hyperparameters> | null | undefined;
  readonly suffix?: string | null | undefined;
  readonly seed?: number | null | undefined;
  readonly metadata?: Record<string, string> | null | undefined;
  readonly x_recipe?: Record<string, unknown> | null | undefined;
  /** the same key makes one job, however often it is sent */
  readonly idempotency_key?: string | null | undefined;
  /** digest of the whole request, kept with the job: see `findJobByFingerprint` */
  readonly fingerprint?: string | undefined;
};

/** `x_recipe` first, what OpenAI's fields say on top of it. */
const recipeOf = (body: JobFromApi): Recipe => {
  const given = body.x_recipe ?? {};
  const asked = readMethod(body.method, body.hyperparameters);
  const objective = objectiveOf(given['objective'], asked.objective);
  const training = {
    ...(given['training'] as Record<string, unknown> | undefined),
    ...asked.hyperparameters,
    ...(body.seed == null ? {} : { seed: body.seed }),
  };
  const parsed = Recipe.safeParse({ ...given, base: body.model, objective, training });
  if (parsed.success) {
    const { schema } = parsed.data.evaluation;
    if (typeof schema !== 'string') return parsed.data;
    const param = 'x_recipe.evaluation.schema';
    throw new AppError(
      'invalid_recipe',
      `${param} must be the JSON Schema itself: a file beside job.yaml is for drops`,
      { param },
    );
  }
  const [issue] = parsed.error.issues;
  const param = ['x_recipe', ...(issue?.path ?? [])].join('.');
  throw new AppError('invalid_recipe', `${param}: ${issue?.message}`, { param });
};

const sourceOf = async (
  { db, storage }: Pick<Deps, 'db' | 'storage'>,
  id: string,
  role: 'train' | 'valid',
): Promise<DatasetSource> => {
  const file = await findFile(db, id).catch((cause: unknown) => {
    const param = role === 'train' ? 'training_file' : 'validation_file';
    throw new AppError('invalid_request', `${param}: no file ${id}`, { cause, param });
  });
  const info = await storage.head(file.key);
  return { key: file.key, tag: info?.tag ?? '', role, filename: file.filename };
};

/** A job in `validating`, its dataset pending. Throws `invalid_request` or `invalid_recipe` with the `param` at fault. */
export const createJobFromApi = async (
  deps: Pick<Deps, 'db' | 'storage' | 'now' | 'settings'>,
  body: JobFromApi,
): Promise<Job> => {
  const { db, now } = deps;
  const recipe = recipeOf(body);
  const project = body.project ?? 'default';
  const sources = [await sourceOf(deps, body.training_file, 'train')];
  if (body.validation_file) sources.push(await sourceOf(deps, body.validation_file, 'valid'));

  const id = newId('ftjob-');
  const once = body.idempotency_key ? `key ${project} ${body.idempotency_key}` : `job ${id}`;
  const identity = createHash('sha256').update(once).digest('hex');
  const dataset = freshDataset({ project, name: id, identity, sources, now_ms: now() });
  const { model, training_file, validation_file, suffix, metadata, method } = body;
  const request = {
    model,
    training_file,
    validation_file: validation_file ?? null,
    suffix: suffix ?? null,
    metadata: metadata ?? null,
    method: method ?? null,
    ...(body.fingerprint === undefined ? {} : { x_fingerprint: body.fingerprint }),
  };
  const job = freshJob({ id, project, name: id, dataset: dataset.id, recipe, request, now_ms: now() });
  return (await startJob(db, { dataset, job, endpoint: recipeEndpoint(deps, job) })).job;
};
