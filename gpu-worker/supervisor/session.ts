/** What lives as long as an attempt: its store, log, curve, events, heartbeat and control. */
import type { Progress } from '../../shared/contracts/event.ts';
import type { MetricsLine } from '../../shared/contracts/spec.ts';
import { runKeys } from '../../shared/keys.ts';
import type { Storage } from '../../shared/storage/driver.ts';
import type { EngineMessage } from '../engines/contract.ts';
import { watchControl } from './control.ts';
import { changedDocuments } from './documents.ts';
import { eventWriter, type EventWriter } from './events.ts';
import { startHeartbeat } from './heartbeat.ts';
import type { RunLog } from './log.ts';
import { metricsOf, type Metrics } from './metrics.ts';
import type { Stop } from './stop.ts';
import { patientStore, type Store } from './store.ts';
import { every } from './ticker.ts';
import type { Timing } from './timing.ts';

export type Session = {
  readonly prefix: string;
  readonly store: Store;
  readonly log: RunLog;
  readonly events: EventWriter;
  readonly stop: Stop;
  readonly timing: Timing;
  readonly metrics: () => Metrics;
  /** Begins the curve with the lines of an earlier attempt. */
  continueFrom(step: number, lines: readonly MetricsLine[]): void;
  reached(step: number): void;
  progress(progress: Progress): void;
  /** To the log and to whoever reads this process. */
  note(message: string): void;
  /** Puts metrics and log if they have changed, patiently. */
  flush(): Promise<void>;
  /** What went wrong in the background, the first of it; ends the attempt. */
  readonly trouble: { fail(error: unknown): void; readonly signal: AbortSignal };
  close(): Promise<void>;
};

export type SessionInput = {
  readonly storage: Storage;
  readonly run: { readonly prefix: string; readonly job: string; readonly attempt: number };
  readonly log: RunLog;
  readonly stop: Stop;
  readonly timing: Timing;
  readonly now: () => number;
  readonly say: (message: EngineMessage) => void;
};

export const openSession = ({ storage, run, log, stop, timing, now, say }: SessionInput): Session => {
  const { prefix } = run;
  const store = patientStore(storage, { timing, say: log.line });
  const broken = new AbortController();
  const fail = (error: unknown) => broken.abort(error);
  const events = eventWriter(store, { ...run, progress_ms: timing.progress, now, failed: fail });
  let metrics = metricsOf([]);
  let step = 0;

  const documents = changedDocuments({
    [runKeys.metrics(prefix)]: { bytes: () => metrics.bytes(), version: () => metrics.version() },
    [runKeys.log(prefix)]: log,
  });
  const missed = (what: string) => (error: unknown) =>
    log.line(`Cannot ${what}: ${error instanceof Error ? error.message : String(error)}`);
  const tickers = [
    startHeartbeat(storage, prefix, {
      every_ms: timing.heartbeat,
      step: () => step,
      now,
      failed: missed('put the heartbeat'),
    }),
    watchControl(storage, prefix, {
      every_ms: timing.control,
      wants: (want) => want !== 'run' && stop.ask(want),
      failed: missed('read the control'),
    }),
    every(timing.flush, () => documents((key, bytes) => storage.write(key, bytes)), missed('put the log')),
  ];

  return {
    prefix,
    store,
    log,
    events,
    stop,
    timing,
    metrics: () => metrics,
    continueFrom(at, lines) {
      step = at;
      metrics = metricsOf(lines);
    },
    reached(at) {
      step = Math.max(step, at);
    },
    progress: events.progress,
    note(message) {
      log.line(message);
      say({ type: 'note', message });
    },
    flush: () => documents((key, bytes) => store.put(key, () => bytes)),
    trouble: { fail, signal: broken.signal },
    close: async () => {
      await Promise.all(tickers.map((ticker) => ticker.stop()));
    },
  };
};
