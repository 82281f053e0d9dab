/** One delivery of a store's notifications, in whatever form → what becomes of each object that it tells of. */
import { toWire } from '../shared/errors.ts';
import type { Deps } from './deps.ts';
import { type Notice, notices } from './events/notices.ts';
import { type Ingested, ingest } from './ingest.ts';
import { onRunEvent } from './on-run-event.ts';

/** `reported`: this many event files of a run were read */
type Outcome = Ingested | { readonly kind: 'reported'; readonly job: string; readonly events: number };
export type Received = { readonly key: string | null; readonly outcome: Outcome };

type Needs = Pick<Deps, 'db' | 'storage' | 'now' | 'settings' | 'log'>;

const act = async (deps: Needs, notice: Notice): Promise<Outcome> => {
  if (notice.kind === 'ignored') return { kind: 'ignored', why: notice.why };
  if (notice.kind === 'reported')
    return { kind: 'reported', job: notice.job, events: await onRunEvent(deps, notice) };
  const { object, or } = notice;
  const other = or && !(await deps.storage.head(object.key)) ? or : null;
  return ingest(deps, other ?? object);
};

const keyOf = (notice: Notice): string | null => (notice.kind === 'dropped' ? notice.object.key : notice.key);

/** Safe to call any number of times with the same delivery, in any order. Throws `invalid_request` for a body that no
 *  store sends; and what went wrong with an object, once the others are done, so that the delivery comes again. */
export const receive = async (deps: Needs, payload: unknown): Promise<readonly Received[]> => {
  const { log, storage } = deps;
  const received: Received[] = [];
  const failures: unknown[] = [];
  for (const notice of notices(payload, storage.uri)) {
    const key = keyOf(notice);
    try {
      const outcome = await act(deps, notice);
      received.push({ key, outcome });
      const facts = outcome.kind === 'job' ? { job: outcome.job.id } : {};
      log('info', `event: ${outcome.kind}`, { key, ...facts, ...('why' in outcome && { why: outcome.why }) });
    } catch (error) {
      log('error', `event: ${toWire(error).message}`, { key, error });
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return received;
};
