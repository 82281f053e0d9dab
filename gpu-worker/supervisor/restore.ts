/** The checkpoint an attempt continues from: the one its spec names or, where that is broken, the one before it. */
import { RunEvent } from '../../shared/contracts/event.ts';
import type { MetricsLine } from '../../shared/contracts/spec.ts';
import { AppError } from '../../shared/errors.ts';
import { runKeys } from '../../shared/keys.ts';
import { COMPLETE } from './checkpoints.ts';
import { downloadFolder, parseManifest } from './files.ts';
import { linesUpTo } from './metrics.ts';
import type { Store } from './store.ts';

export type Restored = {
  readonly step: number;
  readonly folder: string;
  /** the curve up to `step` */
  readonly metrics: readonly MetricsLine[];
};

type Place = { readonly run: string; readonly step: number };

const placeOf = (key: string): Place => {
  const match = /^(|.*\/)checkpoint\/(\d+)\/?$/.exec(key);
  if (!match) throw new AppError('invalid_request', `resume_from must end in checkpoint/<step>/, not ${key}`);
  return { run: match[1]!, step: Number(match[2]) };
};

const jsonOf = (bytes: Uint8Array): unknown => JSON.parse(Buffer.from(bytes).toString());

/** Steps that the run has reported as checkpointed, newest first. Events are read by number, since nobody lists. */
const reportedSteps = async (store: Store, run: string): Promise<number[]> => {
  const steps: number[] = [];
  for (let n = 1; ; n++) {
    const body = await store.read(runKeys.event(run, n));
    if (!body) return steps.toReversed();
    const event = RunEvent.safeParse(jsonOf(body));
    if (event.data?.type === 'checkpointed') steps.push(event.data.step);
  }
};

const runBefore = (run: string): string | null => {
  const match = /^(.*\/|)(\d+)\/$/.exec(run);
  return match && Number(match[2]) > 1 ? `${match[1]}${Number(match[2]) - 1}/` : null;
};

async function* candidates(store: Store, key: string): AsyncGenerator<Place> {
  const first = placeOf(key);
  yield first;
  for (let run: string | null = first.run; run !== null; run = runBefore(run))
    for (const step of await reportedSteps(store, run)) if (step < first.step) yield { run, step };
}

const fetchOne = async (store: Store, { run, step }: Place, folder: string): Promise<Restored> => {
  const at = runKeys.checkpoint(run, step);
  const complete = await store.read(at + COMPLETE);
  if (!complete) throw new AppError('not_found', `${at} has no ${COMPLETE}: it was not finished, or removed`);
  await downloadFolder(store, at, parseManifest(complete), folder);
  const curve = await store.read(runKeys.metrics(run));
  return { step, folder, metrics: curve ? linesUpTo(Buffer.from(curve).toString(), step) : [] };
};

/** Fetches into `folder`. `null` when no checkpoint is whole: the job begins anew. A store that cannot be read throws. */
export const restoreCheckpoint = async (
  store: Store,
  key: string,
  { folder, say }: { folder: string; say: (line: string) => void },
): Promise<Restored | null> => {
  for await (const place of candidates(store, key))
    try {
      return await fetchOne(store, place, folder);
    } catch (error) {
      if (error instanceof AppError && error.code === 'storage_failed') throw error;
      const why = error instanceof Error ? error.message : String(error);
      say(`The checkpoint of step ${place.step} cannot be used: ${why}`);
    }
  say('No whole checkpoint is left: training begins at the start');
  return null;
};
