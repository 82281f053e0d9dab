/** The folder of `train --out`: a store with one run in it, and earlier attempts of that run below `attempts/`. */
import { mkdir, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Claim, Spec } from '../../../shared/contracts/spec.ts';
import { AppError } from '../../../shared/errors.ts';
import { identify } from '../../../shared/process-identity.ts';

/** What stays where it is when an attempt is put aside. */
const KEPT = new Set(['dataset', 'attempts', 'spec.json']);
/** A worker that lives writes its heartbeat every 10 s. */
const SILENT_MS = 60_000;

export type OutFolder =
  | { readonly kind: 'fresh' }
  /** a run that did not end: its spec as it was started */
  | { readonly kind: 'interrupted'; readonly spec: Spec };

const refuse = (message: string, hint: string): never => {
  throw new AppError('invalid_request', message, { hint });
};

const entriesOf = (folder: string): Promise<string[]> =>
  readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new AppError('invalid_request', `--out ${folder} cannot be used: ${error.message}`, {
      cause: error,
    });
  });

const readJson = async (path: string): Promise<unknown> => {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown;
  } catch {
    return null;
  }
};

const ageOf = async (path: string): Promise<number> =>
  Date.now() - ((await stat(path).catch(() => null))?.mtimeMs ?? -Infinity);

/** Number of the process that works in the folder, null where none does. */
const workerIn = async (folder: string): Promise<number | null> => {
  const claim = Claim.safeParse(await readJson(join(folder, 'claim')));
  const [host, pid] = claim.success ? claim.data.machine.split(':') : [];
  if (host !== hostname() || identify(Number(pid)) === null) return null;
  const quiet_ms = Math.min(await ageOf(join(folder, 'claim')), await ageOf(join(folder, 'heartbeat')));
  return quiet_ms < SILENT_MS ? Number(pid) : null;
};

/** What `--out` may be: absent, empty, or an interrupted run. Throws `invalid_request` for anything else. */
export const inspectOut = async (folder: string): Promise<OutFolder> => {
  const entries = await entriesOf(folder);
  // without a spec nothing ran: a dataset that was refused is all there can be
  if (entries.every((name) => name === 'dataset')) return { kind: 'fresh' };
  if (!entries.includes('spec.json'))
    return refuse(`--out ${folder} holds other files`, 'Name a folder that is empty or does not exist.');
  if (entries.includes('manifest.json'))
    return refuse(`--out ${folder} holds a finished run`, 'Name another folder, or remove this one.');
  const spec = Spec.safeParse(await readJson(join(folder, 'spec.json')));
  if (!spec.success)
    return refuse(`${folder}/spec.json is not a spec of this version`, 'Name another folder.');
  const pid = await workerIn(folder);
  if (pid !== null)
    return refuse(
      `Process ${pid} is still at work in ${folder}`,
      'Wait for it, or stop it; then run this again.',
    );
  return { kind: 'interrupted', spec: spec.data };
};

const completeSteps = async (folder: string): Promise<number[]> => {
  const steps: number[] = [];
  for (const name of await entriesOf(join(folder, 'checkpoint')))
    if (await stat(join(folder, 'checkpoint', name, 'complete.json')).catch(() => null))
      steps.push(Number(name));
  return steps.toSorted((a, b) => b - a);
};

/** Key of the newest whole checkpoint below `attempts/`, ending in `/`; null where there is none. */
const newestAside = async (folder: string, attempt: number): Promise<string | null> => {
  for (let n = attempt; n > 0; n--) {
    const [step] = await completeSteps(join(folder, 'attempts', String(n)));
    if (step !== undefined) return `attempts/${n}/checkpoint/${step}/`;
  }
  return null;
};

/** Whether anything of an interrupted run is worth continuing. */
export const hasCheckpoint = async (folder: string, { attempt }: Spec): Promise<boolean> =>
  (await completeSteps(folder)).length > 0 || (await newestAside(folder, attempt)) !== null;

/** Puts the last attempt below `attempts/<n>/`, so that the next one finds no claim and no events.
 *  Key of the newest whole checkpoint of all attempts, ending in `/`; null where there is none. */
export const putAside = async (folder: string, { attempt }: Spec): Promise<string | null> => {
  const aside = join(folder, 'attempts', String(attempt));
  await mkdir(aside, { recursive: true });
  for (const name of await entriesOf(folder))
    if (!KEPT.has(name)) await rename(join(folder, name), join(aside, name));
  return newestAside(folder, attempt);
};

/** Takes away a run that came to nothing: it ended before its first checkpoint. */
export const clearRun = async (folder: string, spec: Spec): Promise<void> => {
  await putAside(folder, spec);
  for (const name of KEPT) await rm(join(folder, name), { recursive: true, force: true });
};
