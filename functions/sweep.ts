/** Every minute: finds what a crash, a dead machine or a lost notification left lying. Messages need no sweeping: a lock runs out. */
import type { Job } from '../shared/contracts/job.ts';
import { markSeen, seenObjects } from '../shared/db/inbox.ts';
import { findJob, recordEvent } from '../shared/db/jobs.ts';
import { activeRuns, type RunRow, seeHeartbeat } from '../shared/db/runs.ts';
import { isActive } from '../shared/lifecycle.ts';
import { keys, runKeys } from '../shared/keys.ts';
import type { Deps } from './deps.ts';
import { type Ingested, ingest } from './ingest.ts';
import { locate } from './inbox/locate.ts';
import { tellWorker } from './control-job.ts';
import type { MachineLog, MachineState } from './launchers/launcher.ts';
import { onRunEvent } from './on-run-event.ts';

/** By the reader's clock: clocks of machines differ. */
const SILENT_MS = 90_000;
/** Without a machine, whoever claimed the attempt died before it launched; a cloud takes its time. */
const UNLAUNCHED_MS = 120_000;
const STARTING_MS = 15 * 60_000;

type Needs = Pick<Deps, 'db' | 'storage' | 'launcher' | 'now' | 'log' | 'settings'>;

const whyLost = (run: RunRow, state: MachineState, now_ms: number): string | null => {
  if (state === 'gone') return `its machine ${run.machine} is gone`;
  const silent_ms = now_ms - run.heartbeat_seen_ms;
  const seconds = Math.round(silent_ms / 1000);
  if (run.heartbeat !== null) return silent_ms > SILENT_MS ? `no heartbeat for ${seconds} s` : null;
  if (run.machine === null) return silent_ms > UNLAUNCHED_MS ? 'it was never launched' : null;
  return silent_ms > STARTING_MS ? `it did not start within ${seconds} s` : null;
};

const beat = async ({ db, storage, now }: Needs, run: RunRow): Promise<RunRow> => {
  const bytes = await storage.read(runKeys.heartbeat(keys.run(run.job, run.attempt)));
  const heartbeat = bytes && new TextDecoder().decode(bytes);
  if (heartbeat === null || heartbeat === run.heartbeat) return run;
  const seen_ms = now();
  await seeHeartbeat(db, { job: run.job, attempt: run.attempt, heartbeat, seen_ms });
  return { ...run, heartbeat, heartbeat_seen_ms: seen_ms };
};

/** An attempt that waits in the platform's queue has not begun to be silent. */
const waitOn = async ({ db, now }: Needs, { job, attempt }: RunRow): Promise<void> =>
  seeHeartbeat(db, { job, attempt, heartbeat: null, seen_ms: now() });

const stateOf = async ({ launcher, log }: Needs, { machine }: RunRow): Promise<MachineState> => {
  if (machine === null) return 'unknown';
  try {
    return await launcher.state(machine);
  } catch (error) {
    log('warn', `Cannot ask for the state of ${machine}: ${String(error)}`);
    return 'unknown';
  }
};

/** Stops what may be left of an attempt, so that it costs nothing more. */
const stop = async (deps: Needs, run: RunRow): Promise<void> => {
  const { launcher, log } = deps;
  const ended = await Promise.allSettled([
    tellWorker(deps, run, 'cancel'),
    run.machine === null ? undefined : launcher.cancel(run.machine),
  ]);
  for (const result of ended)
    if (result.status === 'rejected')
      log('warn', `Cannot stop attempt ${run.attempt} of ${run.job}: ${String(result.reason)}`);
};

/** The worker may have died before it could put its own log. */
const lastWords = async ({ launcher, log }: Needs, { machine }: RunRow): Promise<MachineLog | null> =>
  machine === null
    ? null
    : launcher.logs(machine).catch((error: unknown) => {
        log('warn', `Cannot read the log of ${machine}: ${String(error)}`);
        return null;
      });

/** Whether the attempt was given up. */
const sweepRun = async (deps: Needs, { job: before, run }: { job: Job; run: RunRow }): Promise<boolean> => {
  const { db, now, log } = deps;
  // asked before the events are read: a worker says that it is done, and then it goes
  const state = await stateOf(deps, run);
  await onRunEvent(deps, run);
  const seen = await beat(deps, run);
  const job = await findJob(db, before.id);
  if (!isActive(job.status) || job.attempt !== run.attempt) return false;
  if (state === 'waiting' && seen.heartbeat === null) {
    await waitOn(deps, run);
    return false;
  }
  const why = whyLost(seen, state, now());
  if (why === null) return false;

  const { attempt } = run;
  const event = { id: `lost.${job.id}.${attempt}`, job: job.id, attempt, at_ms: now() };
  const said = await lastWords(deps, run);
  const reason = said ? `${why}; its log: ${said.where}` : why;
  await recordEvent(db, { type: 'lost', ...event, reason, log_tail: said?.text ?? null });
  log('warn', `Attempt ${attempt} of ${job.id} is lost: ${reason}`);
  await stop(deps, run);
  return true;
};

/** Objects whose event never came. Each is looked at twice before it counts, since it may be half copied. */
const sweepInbox = async (deps: Needs): Promise<Ingested[]> => {
  const { db, storage } = deps;
  const seen = await seenObjects(db);
  const found: Ingested[] = [];
  for await (const { key, tag } of storage.list('inbox/')) {
    const known = seen.get(key);
    if (locate(key).kind === 'ignored' || (known?.ingested && known.tag === tag)) continue;
    if (known?.tag === tag) found.push(await ingest(deps, { store: storage.uri, key }));
    else await markSeen(db, { key, tag, ingested: false });
  }
  return found;
};

/** Gives up attempts whose worker is gone or silent: how many. One run's trouble does not keep the others from being
 *  swept. Where a launcher knows at once that a process has died, it is worth asking every few seconds. */
export const sweepRuns = async (deps: Needs): Promise<number> => {
  let lost = 0;
  for (const active of await activeRuns(deps.db))
    try {
      if (await sweepRun(deps, active)) lost += 1;
    } catch (error) {
      deps.log('error', `Cannot sweep ${active.job.id}: ${String(error)}`);
    }
  return lost;
};

export type Swept = { readonly lost: number; readonly ingested: readonly Ingested[] };

/** Safe beside itself and beside everything else. */
export const sweep = async (deps: Needs): Promise<Swept> => ({
  lost: await sweepRuns(deps),
  ingested: await sweepInbox(deps),
});
