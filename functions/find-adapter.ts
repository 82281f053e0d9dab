/** The adapter that a job continues: `method.init_from` of a recipe that came to the service. A dropped file must not
 *  reach anything but what its own project has trained. */
import type { Job } from '../shared/contracts/job.ts';
import { initFrom } from '../shared/contracts/method.ts';
import { findJob } from '../shared/db/jobs.ts';
import { AppError } from '../shared/errors.ts';
import { parseJson } from '../shared/json.ts';
import { jobOfAdapter } from '../shared/keys.ts';
import type { Continued } from '../shared/plan/continue.ts';
import { objectUri, parseObjectUri } from '../shared/storage/index.ts';
import type { Storage } from '../shared/storage/driver.ts';
import { findAlias } from './alias.ts';
import type { Deps } from './deps.ts';

const MODEL = /^ft:/;
const URI = /^[a-z][a-z0-9+]*:/;

const refuse = (problem: string, cause?: unknown): never => {
  throw new AppError(
    'invalid_recipe',
    `method.init_from: ${problem}; name a tuned model (ft:…) of the project, or an adapter of one of its jobs (runs/<job>/<attempt>/adapter/)`,
    { cause, param: 'method.init_from' },
  );
};

/** Key of a folder in the service's own store, named by the key itself or by its URI. */
const keyOf = (storage: Storage, asked: string): string => {
  const folder = asked.endsWith('/') ? asked : `${asked}/`;
  if (!URI.test(folder)) return folder;
  try {
    return parseObjectUri(folder.replace(/^file:\/\/(?=\/)/, 'file:'), storage.uri).key;
  } catch (cause) {
    return refuse(`${asked} is not in this service's store`, cause);
  }
};

type Needs = Pick<Deps, 'db' | 'storage'>;

const adapterOfModel = async ({ storage }: Needs, project: string, id: string): Promise<string> => {
  const alias = await findAlias(storage, id);
  return alias?.project === project ? alias.adapter : refuse(`the project ${project} has no model ${id}`);
};

const adapterOfRun = async ({ db, storage }: Needs, project: string, asked: string): Promise<string> => {
  const key = keyOf(storage, asked);
  const owner = jobOfAdapter(key);
  if (owner === null) return refuse(`${asked} is no adapter of a job`);
  const job = await findJob(db, owner).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'not_found') return null;
    throw error;
  });
  return job?.project === project ? key : refuse(`the project ${project} has no job ${owner}`);
};

/** Null where the method begins anew. Throws `invalid_recipe` where there is no such adapter, or it is another project's. */
export const findAdapter = async (
  needs: Needs,
  { recipe, project }: Pick<Job, 'recipe' | 'project'>,
): Promise<Continued | null> => {
  const asked = initFrom(recipe.method);
  if (asked === null) return null;
  const find = MODEL.test(asked) ? adapterOfModel : adapterOfRun;
  const key = await find(needs, project, asked);
  const { storage } = needs;
  const bytes = await storage.read(`${key}adapter_config.json`);
  if (bytes)
    return {
      from: asked,
      at: objectUri(storage, key),
      config: parseJson(bytes) as Record<string, unknown>,
    };
  if (await storage.head(`${key}config.json`))
    return refuse(`${asked} is a whole model, which can only be a base`);
  return refuse(`${asked} has no adapter_config.json: the job did not end, or its model was deleted`);
};
