/** The middle of a run: from a claimed spec to its last file. */
import { join } from 'node:path';
import type { Progress } from '../../shared/contracts/event.ts';
import type { Spec } from '../../shared/contracts/spec.ts';
import { AppError, hintOf, toWire } from '../../shared/errors.ts';
import { progressOf } from '../../shared/progress.ts';
import type { Storage } from '../../shared/storage/driver.ts';
import type { EngineMessage } from '../engines/contract.ts';
import { ENGINES, type EngineCommand } from '../engines/index.ts';
import { driveEngine } from './drive.ts';
import { STOPPED, type Ending, type Trouble } from './ending.ts';
import { locate } from './locate.ts';
import { prepare } from './prepare.ts';
import { publish } from './publish.ts';
import { restoreCheckpoint, type Restored } from './restore.ts';
import type { Session } from './session.ts';
import type { Stop } from './stop.ts';
import { isFull, patientStore } from './store.ts';
import type { Timing } from './timing.ts';

export type WorkerInput = {
  readonly storage: Storage;
  /** of `spec.json` */
  readonly specKey: string;
  readonly token: string;
  readonly machine: string;
  /** model cache */
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stop: Stop;
  readonly timing: Timing;
  readonly now: () => number;
  /** hears what the engine says, and at the end `done` or `failed` */
  readonly say: (message: EngineMessage) => void;
  /** in place of the recipe's engine */
  readonly engine?: EngineCommand;
};

const preparingAt = (step: number): Progress => progressOf({ phase: 'prepare', step });

const troubleOf = (error: unknown): Trouble => {
  const { code, message } = toWire(error);
  const hint = error instanceof AppError ? hintOf(error) : 'The end of the log says more';
  if (isFull(error))
    return {
      code: 'storage_failed',
      message: `No space is left: ${message}`,
      hint: 'Free some, and try again',
    };
  return { code, message, hint };
};

/** Of a failure with a name its words and those of its causes, of an unforeseen one the stack. */
const wordsOf = (error: unknown): string => {
  if (!(error instanceof AppError))
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  const because = error.cause === undefined ? '' : `\nbecause: ${wordsOf(error.cause)}`;
  return `${error.code}: ${error.message}${because}`;
};

/** What is thrown becomes `failed`, or the stop that was asked for. */
export const endingFrom = async <T extends { ending: Ending }>(
  session: Session,
  work: () => Promise<T>,
): Promise<T | { ending: Ending }> => {
  try {
    return await work();
  } catch (error) {
    const asked = session.stop.reason();
    if (asked && error === session.stop.signal.reason) return { ending: STOPPED[asked] };
    session.log.line(wordsOf(error));
    return { ending: { type: 'failed', error: troubleOf(error) } };
  }
};

const restore = async (
  input: WorkerInput,
  session: Session,
  { spec, work }: Job,
): Promise<Restored | null> => {
  if (spec.resume_from === null) return null;
  const { storage, key } = locate(input.storage, spec.resume_from);
  const store = patientStore(storage, { timing: input.timing, say: session.log.line });
  return restoreCheckpoint(store, key, { folder: join(work, 'resume'), say: session.note });
};

/** Rejects with the reason as soon as one of the signals is aborted. */
const aborted = (...signals: readonly AbortSignal[]): Promise<never> => {
  const any = AbortSignal.any([...signals]);
  return new Promise((_, reject) => {
    if (any.aborted) reject(any.reason);
    any.addEventListener('abort', () => reject(any.reason), { once: true });
  });
};

const prepareFor = (input: WorkerInput, session: Session, { spec, work }: Job, restored: Restored | null) => {
  const started_ms = input.now();
  const patience = { timing: input.timing, say: session.log.line };
  const find = (uri: string) => {
    const { storage, key } = locate(input.storage, uri);
    return { store: patientStore(storage, patience), key };
  };
  return prepare({
    spec,
    work,
    home: input.home,
    env: input.env,
    dataset: find(spec.dataset.uri),
    find,
    resume_from: restored?.folder ?? null,
    started_ms,
    note: (message) => {
      session.note(message);
      session.progress(preparingAt(restored?.step ?? 0));
    },
    signal: session.stop.signal,
  });
};

type Job = { readonly spec: Spec; readonly work: string };
export type Finished = { readonly ending: Ending; readonly adapter?: string };

/** Everything between the claim and the last event. */
export const attempt = async (input: WorkerInput, session: Session, job: Job): Promise<Finished> => {
  const { engine } = job.spec.recipe;
  const restored = await restore(input, session, job);
  if (restored) session.continueFrom(restored.step, restored.metrics);
  const resumed_from_step = restored?.step ?? null;
  await session.events.report({ type: 'started', machine: input.machine, engine, resumed_from_step });
  session.note(restored ? `Continuing after step ${restored.step}` : 'Preparing');
  session.progress(preparingAt(restored?.step ?? 0));

  const plan = await Promise.race([
    prepareFor(input, session, job, restored),
    aborted(session.stop.signal, session.trouble.signal),
  ]);
  const ending = await driveEngine(session, {
    command: input.engine ?? ENGINES[engine](),
    env: input.env,
    work: job.work,
    say: input.say,
  });
  if (ending.type !== 'succeeded') return { ending };
  const { store, prefix } = session;
  const out = join(job.work, plan.out);
  await session.flush(); // so that no turn of the clock is still putting an older curve
  return {
    ending,
    adapter: await publish(store, { out, work: job.work, prefix, metrics: session.metrics().bytes() }),
  };
};
