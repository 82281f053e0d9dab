/** Event files of a run → events of its job. A notification is a hint: what is there is read in order, from where we were. */
import { RunEvent } from '../shared/contracts/event.ts';
import { recordEvent } from '../shared/db/jobs.ts';
import { activeRuns, findRun, setEventsRead } from '../shared/db/runs.ts';
import { parseJson } from '../shared/json.ts';
import { keys, runKeys } from '../shared/keys.ts';
import type { Deps } from './deps.ts';

type Needs = Pick<Deps, 'db' | 'storage' | 'log'>;

/** Records what attempt `attempt` of a job has reported since the last time: how many files were read. */
export const onRunEvent = async (
  { db, storage, log }: Needs,
  { job, attempt }: { job: string; attempt: number },
): Promise<number> => {
  const run = await findRun(db, job, attempt);
  if (!run) return 0;
  let n = run.events_read;
  for (;;) {
    const key = runKeys.event(keys.run(job, attempt), n + 1);
    const bytes = await storage.read(key);
    if (!bytes) return n - run.events_read;
    n += 1;
    const event = RunEvent.safeParse(parseJson(bytes));
    // the key says whose event it is: a file that claims another's id would be taken for a duplicate
    if (event.success) await recordEvent(db, { ...event.data, id: `${job}.${attempt}.${n}`, job, attempt });
    else log('error', `${key} is not an event`, { issues: event.error.issues.slice(0, 3) });
    await setEventsRead(db, job, attempt, n);
  }
};

/** The same for every run that is under way; what a service without notifications calls every second. */
export const readActiveRuns = async (deps: Needs): Promise<number> => {
  let read = 0;
  for (const { run } of await activeRuns(deps.db)) read += await onRunEvent(deps, run);
  return read;
};
