/** The queue's door: takes due messages, hands each to its handler, and decides what a failure means. */
import type { Topic } from '../shared/contracts/message.ts';
import { findJob, recordEvent } from '../shared/db/jobs.ts';
import {
  claimDue,
  complete,
  extendLock,
  giveUp,
  type MessageRow,
  putOff,
  retryLater,
} from '../shared/db/messages.ts';
import { AppError, hintOf, mayRetry, toWire } from '../shared/errors.ts';
import { control } from './control-job.ts';
import { createJob } from './create-job.ts';
import { deliver } from './deliver.ts';
import type { Deps } from './deps.ts';
import { dispatch } from './dispatch.ts';
import { notify } from './notify.ts';
import { publish } from './publish.ts';

/** A holder renews its lock while it works: a lock that ran out belongs to a dead one. */
const LOCK_MS = 60_000;
/** No place of ours is free: a job that ends wakes those that wait. The platform has none: it cannot say when. */
const AGAIN_MS = { busy: 15_000, later: 120_000 } as const;
const MOST_TRIES = 12;

/** 1 s, 2 s, 4 s … 5 min: half an hour in all. */
const pauseBefore = (tries: number): number => Math.min(300_000, 1000 * 2 ** Math.max(0, tries - 1));

type Outcome = { readonly again_at_ms: number } | null;
type Handler = {
  readonly run: (deps: Deps, body: Record<string, string>) => Promise<Outcome>;
  /** whether the job fails when the message is given up */
  readonly fatal: boolean;
};

const field = (body: Record<string, string>, name: string): string => {
  const value = body[name];
  if (value === undefined) throw new AppError('internal', `A message without ${name}`);
  return value;
};
const forJob =
  (run: (deps: Deps, body: { job: string }) => Promise<unknown>): Handler['run'] =>
  (deps, body) =>
    run(deps, { job: field(body, 'job') }).then(() => null);

const HANDLERS: Record<Topic, Handler> = {
  validate: {
    fatal: true,
    // a third of all code, which no request to the API needs: a new function answers the sooner
    run: forJob(async (deps, body) => (await import('./validate.ts')).validate(deps, body)),
  },
  create_job: { fatal: true, run: forJob(createJob) },
  dispatch: {
    fatal: true,
    run: async (deps, body) => {
      const outcome = await dispatch(deps, { job: field(body, 'job') });
      return outcome === 'launched' || outcome === 'skipped'
        ? null
        : { again_at_ms: deps.now() + AGAIN_MS[outcome] };
    },
  },
  control: { fatal: false, run: forJob(control) },
  publish: {
    fatal: false,
    run: (deps, body) =>
      publish(deps, { job: field(body, 'job'), duplicate_of: body['duplicate_of'] }).then(() => null),
  },
  notify: {
    fatal: false,
    run: (deps, body) =>
      notify(deps, { job: field(body, 'job'), event: field(body, 'event'), type: field(body, 'type') }).then(
        () => null,
      ),
  },
  deliver: { fatal: false, run: (deps, body) => deliver(deps, { delivery: field(body, 'delivery') }) },
};

/** Nothing is lost silently: the job of a message that is given up fails with its error. */
const abandon = async (
  { db, now, log }: Deps,
  { id, topic, body }: MessageRow,
  error: unknown,
): Promise<void> => {
  const wire = toWire(error);
  const text = error instanceof Error ? error.message : String(error);
  log('error', `${topic} is given up: ${text}`, { message: id, ...body });
  if (HANDLERS[topic].fatal) {
    const job = await findJob(db, field(body, 'job'));
    const failure = { ...wire, param: null, hint: hintOf(error), log_tail: null };
    const event = { id: `dead.${id}`, job: job.id, attempt: job.attempt, at_ms: now() };
    await recordEvent(db, { type: 'failed', ...event, error: failure });
  }
  await giveUp(db, id, now(), text);
};

/** Nobody was left to say what went wrong: it would kill the next process too. */
const deadly = ({ topic, attempts }: MessageRow): AppError =>
  new AppError('internal', `${topic} was begun ${attempts - 1} times, and its process ended each time`, {
    hint: 'Has it enough memory and, as a function, enough time? A smaller file needs less of both.',
  });

const settle = async (deps: Deps, message: MessageRow): Promise<void> => {
  const { db, now, log } = deps;
  const { id, topic, body, attempts } = message;
  if (attempts > MOST_TRIES) return abandon(deps, message, deadly(message));
  const renew = setInterval(() => {
    extendLock(db, id, now() + LOCK_MS).catch((error: unknown) =>
      log('warn', `Cannot hold ${id}: ${String(error)}`),
    );
  }, LOCK_MS / 3);
  try {
    const outcome = await HANDLERS[topic].run(deps, body);
    if (outcome) await putOff(db, id, outcome.again_at_ms);
    else await complete(db, id, now());
  } catch (error) {
    if (!mayRetry(error) || attempts >= MOST_TRIES) return await abandon(deps, message, error);
    const text = error instanceof Error ? error.message : String(error);
    log('warn', `${topic} is tried again: ${text}`, { message: id, attempts, ...body });
    await retryLater(db, id, { at_ms: now() + pauseBefore(attempts), error: text });
  } finally {
    clearInterval(renew);
  }
};

/** Messages of one job keep their order and do not overtake each other; jobs do not wait for one another. */
const byJob = (due: readonly MessageRow[]): MessageRow[][] => {
  const groups = new Map<string, MessageRow[]>();
  for (const message of due) {
    const name = message.body['job'] ?? message.id;
    groups.set(name, [...(groups.get(name) ?? []), message]);
  }
  return [...groups.values()];
};

/** Handles up to `limit` due messages, and says how many there were: call it until it says 0. */
export const drain = async (deps: Deps, { limit = 8 }: { limit?: number } = {}): Promise<number> => {
  const due = await claimDue(deps.db, { now_ms: deps.now(), limit, lock_ms: LOCK_MS });
  const inTurn = async (group: readonly MessageRow[]): Promise<void> => {
    for (const message of group) await settle(deps, message);
  };
  for (const result of await Promise.allSettled(byJob(due).map(inTurn)))
    if (result.status === 'rejected')
      deps.log('error', `Messages are left to their locks: ${String(result.reason)}`);
  return due.length;
};
