import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import { CreateJobBody } from '../../shared/contracts/api.ts';
import type { Job } from '../../shared/contracts/job.ts';
import { findJobByFingerprint } from '../../shared/db/jobs.ts';
import { createJobFromApi } from '../create-job.ts';
import type { Deps } from '../deps.ts';
import { readJson } from './errors.ts';

/** A client gives up repeating a request long before. */
const REPEATED_WITHIN_MS = 30 * 60_000;

const createFingerprint = (body: CreateJobBody): string =>
  createHash('sha256').update(JSON.stringify(body)).digest('hex');

/** OpenAI's clients name no idempotency key. They only say that a request is a repetition, since its answer was lost:
 *  then the job of the same body is the answer, and a paid job is not paid twice. */
const retriesOf = (c: Context): number => Number(c.req.header('x-stainless-retry-count') ?? 0) || 0;

type CreateDeps = Pick<Deps, 'db' | 'storage' | 'now' | 'settings'>;

/** Creates one at a time per body: a repetition may come while the first request is still at work. */
export const jobCreator = (deps: CreateDeps): ((c: Context) => Promise<Job>) => {
  const atWork = new Map<string, Promise<unknown>>();
  const once = async (c: Context, body: CreateJobBody, fingerprint: string): Promise<Job> => {
    const idempotency_key = c.req.header('idempotency-key');
    if (idempotency_key === undefined && retriesOf(c) > 0) {
      const since_ms = deps.now() - REPEATED_WITHIN_MS;
      const known = await findJobByFingerprint(deps.db, fingerprint, since_ms);
      if (known) return known;
    }
    const { x_project: project, x_recipe, method, ...rest } = body;
    return createJobFromApi(deps, { ...rest, project, x_recipe, method, idempotency_key, fingerprint });
  };
  return async (c) => {
    const body = await readJson(c, CreateJobBody);
    const fingerprint = createFingerprint(body);
    const before = atWork.get(fingerprint) ?? Promise.resolve();
    const mine = before.catch(() => undefined).then(() => once(c, body, fingerprint));
    atWork.set(fingerprint, mine);
    try {
      return await mine;
    } finally {
      if (atWork.get(fingerprint) === mine) atWork.delete(fingerprint);
    }
  };
};
