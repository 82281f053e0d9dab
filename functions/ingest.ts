/** Object-created event → job, duplicate, or nothing, each said. */
import { createHash } from 'node:crypto';
import type { Job } from '../shared/contracts/job.ts';
import { datasetsNamed, findDataset } from '../shared/db/datasets.ts';
import { markSeen } from '../shared/db/inbox.ts';
import { startJob } from '../shared/db/jobs.ts';
import { enqueue } from '../shared/db/messages.ts';
import type { ObjectInfo } from '../shared/storage/driver.ts';
import type { Deps } from './deps.ts';
import { type Drop, fileDrop, folderDrop, type Waiting } from './inbox/drop.ts';
import { locate } from './inbox/locate.ts';
import { freshDataset, freshJob, recipeEndpoint } from './new-job.ts';
import { writeWaiting } from './publish.ts';

/** What every cloud's notification comes down to. `store` is the uri of the store. */
export type ObjectCreated = {
  readonly store: string;
  readonly key: string;
  readonly tag?: string | undefined;
  readonly bytes?: number | undefined;
};

export type Ingested =
  | { readonly kind: 'job'; readonly job: Job }
  | { readonly kind: 'duplicate'; readonly of: Job }
  | Waiting
  | { readonly kind: 'ignored'; readonly why: string };

type Needs = Pick<Deps, 'db' | 'storage' | 'now' | 'settings'>;

/** The first name that no other drop of the project writes to. */
const freeName = async ({ db }: Needs, { project, names, sources }: Drop): Promise<string> => {
  for (const name of names.slice(0, -1)) {
    const others = await datasetsNamed(db, project, name);
    if (others.every((other) => other.sources[0]?.key === sources[0]?.key)) return name;
  }
  return names.at(-1)!;
};

const start = async (deps: Needs, drop: Drop, again: string | undefined): Promise<Ingested> => {
  const { db, now } = deps;
  const salted = createHash('sha256').update(`${drop.identity} ${again}`).digest('hex');
  const name = await freeName(deps, drop);
  const { project, recipe, error } = drop;
  const identity = again === undefined ? drop.identity : salted;
  const dataset = freshDataset({ project, name, identity, sources: [...drop.sources], now_ms: now() });
  const job = freshJob({ project, name, dataset: dataset.id, recipe, request: null, now_ms: now() });
  const endpoint = recipeEndpoint(deps, job);
  const started = await startJob(db, { dataset, job, endpoint, error });
  return started.fresh ? { kind: 'job', job: started.job } : { kind: 'duplicate', of: started.job };
};

/** Says in the outbox that a file was put there again with the same bytes; a repeated event of one file says nothing. */
const sayDuplicate = async ({ db, now }: Needs, job: Job, { key, tag }: ObjectInfo): Promise<void> => {
  const { sources } = await findDataset(db, job.dataset);
  if (!sources.some((source) => source.key === key && source.tag !== tag)) return;
  const body = { job: job.id, duplicate_of: job.id };
  await enqueue(db, [{ id: `duplicate.${job.id}.${tag}`, topic: 'publish', body }], now());
};

/** Safe to call any number of times for one object. `again` makes the same bytes another job, one for each text. */
export const ingest = async (
  deps: Needs,
  event: ObjectCreated,
  { again }: { again?: string | undefined } = {},
): Promise<Ingested> => {
  const { db, storage } = deps;
  if (event.store !== storage.uri)
    return { kind: 'ignored', why: `${event.store} is not the store of this service` };
  const place = locate(event.key);
  if (place.kind === 'ignored') return place;
  const info = await storage.head(event.key);
  if (!info) return { kind: 'ignored', why: 'there is no such object (any more)' };

  const drop =
    place.kind === 'file'
      ? await fileDrop(storage, place.project, info)
      : await folderDrop(storage, place.project, place.name);
  const outcome = 'kind' in drop ? drop : await start(deps, drop, again);
  if (outcome.kind === 'waiting')
    await writeWaiting(storage, place.project, place.kind === 'file' ? place.file : place.name, outcome.for);
  if (outcome.kind === 'duplicate') await sayDuplicate(deps, outcome.of, info);
  await markSeen(db, { key: event.key, tag: info.tag, ingested: true });
  return outcome;
};
