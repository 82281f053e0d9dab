/** One attempt of a job on this machine: claim it, prepare it, run its engine, leave the result and a last event. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Spec } from '../shared/contracts/spec.ts';
import { AppError } from '../shared/errors.ts';
import type { EngineMessage } from './engines/contract.ts';
import { attempt, endingFrom, type Finished, type WorkerInput } from './supervisor/attempt.ts';
import { claimRun } from './supervisor/claim.ts';
import type { Ending } from './supervisor/ending.ts';
import type { Draft } from './supervisor/events.ts';
import { runLog, type RunLog } from './supervisor/log.ts';
import { openSession, type Session } from './supervisor/session.ts';
import { patientStore, type Store } from './supervisor/store.ts';

/** `claimed_elsewhere`: another worker has the attempt, and nothing was touched. `stopped`: by a signal, to be continued. */
export type Outcome = Ending['type'] | 'claimed_elsewhere';

const LOG_TAIL = 40;

/** Throws `not_found`, or `invalid_request` where it is a spec of another version. */
export const readSpec = async (store: Pick<Store, 'read'>, key: string): Promise<Spec> => {
  const bytes = await store.read(key);
  if (!bytes)
    throw new AppError('not_found', `There is no ${key} in the store: is DROPTUNE_STORAGE the right one?`);
  try {
    return Spec.parse(JSON.parse(Buffer.from(bytes).toString()));
  } catch (cause) {
    throw new AppError(
      'invalid_request',
      `${key} is no spec of this version: is the worker's image as old as the service?`,
      { cause },
    );
  }
};

const remove = (folder: string, log: RunLog): Promise<void> =>
  rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch((error: unknown) =>
    log.line(`Cannot remove ${folder}: ${String(error)}`),
  );

/** A folder that is gone when `use` is over, however it ended. Those of the job's earlier attempts go first: a worker
 *  that was killed here could not remove its own. */
const inWorkFolder = async <T>(spec: Spec, log: RunLog, use: (folder: string) => Promise<T>): Promise<T> => {
  const ofJob = `droptune-${spec.job}-`;
  for (const name of await readdir(tmpdir()))
    if (name.startsWith(ofJob) && Number.parseInt(name.slice(ofJob.length), 10) < spec.attempt)
      await remove(join(tmpdir(), name), log);
  const folder = await mkdtemp(join(tmpdir(), `${ofJob}${spec.attempt}-`));
  try {
    return await use(folder);
  } finally {
    await remove(folder, log);
  }
};

/** The last event's content, null for an attempt that leaves none. */
const lastEvent = ({ ending, adapter = '' }: Finished, log: RunLog): Draft | null => {
  if (ending.type === 'stopped') return null;
  if (ending.type === 'succeeded') return { ...ending, adapter };
  if (ending.type !== 'failed') return ending;
  return { type: 'failed', error: { ...ending.error, param: null, log_tail: log.tail(LOG_TAIL) } };
};

const lastWord = (ending: Ending): EngineMessage => {
  if (ending.type === 'succeeded') return { ...ending, type: 'done' };
  if (ending.type === 'failed') return { type: 'failed', ...ending.error };
  return { type: 'note', message: `The attempt is ${ending.type}` };
};

/** Puts curve and log, then the last event: when it is read, all else is there. */
const conclude = async (
  input: WorkerInput,
  session: Session,
  finished: Finished,
): Promise<Ending['type']> => {
  const { events, log } = session;
  log.line(`The attempt is ${finished.ending.type}`);
  await session.flush().catch((error: unknown) => log.line(`Cannot put the log: ${String(error)}`));
  await events.close();
  const last = lastEvent(finished, log);
  if (last) await events.report(last);
  await session.close();
  input.say(lastWord(finished.ending));
  return finished.ending.type;
};

/** Runs the attempt that `specKey` describes. Throws only where nobody could be told otherwise: no readable spec, or a
 *  store that takes no last event. */
export const runWorker = async (input: WorkerInput): Promise<Outcome> => {
  const { storage, timing, now } = input;
  const log = runLog({ now });
  const store = patientStore(storage, { timing, say: log.line });
  const spec = await readSpec(store, input.specKey);
  const claim = { token: input.token, machine: input.machine, at_ms: now() };
  if (!(await claimRun(store, spec.prefix, claim))) return 'claimed_elsewhere';

  const session = openSession({ ...input, run: spec, log });
  try {
    const finished = await endingFrom<Finished>(session, () =>
      inWorkFolder(spec, log, (work) => attempt(input, session, { spec, work })),
    );
    return await conclude(input, session, finished);
  } finally {
    await session.close();
  }
};
