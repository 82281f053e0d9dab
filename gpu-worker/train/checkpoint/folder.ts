/** A checkpoint on disk: adapter, optimizer, state and curve. It gets its name when all of it is written, so a half-written
 *  one is never taken for a checkpoint. */
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import type { MetricsLine } from '../../../shared/contracts/spec.ts';
import { AppError } from '../../../shared/errors.ts';
import { loadAdapter } from '../../runtime/read-tuned.ts';
import { saveTuned, type Tuned } from '../../runtime/write-tuned.ts';
import { take } from '../../runtime/tensors.ts';
import { openSafetensors, writeSafetensors } from '../../weights/safetensors.ts';
import type { Optimizer } from '../optimizer/optimizer.ts';
import { TrainState } from './state.ts';

const STATE = 'state.json';
const OPTIMIZER = 'optimizer.safetensors';
const METRICS = 'metrics.jsonl';

/** What is trained, and how. */
export type Trained = Tuned & { readonly optimizer: Optimizer };

const saveOptimizer = (path: string, { arrays, steps }: Optimizer): void => {
  const tensors = Object.entries(arrays).map(([name, data]) => {
    const dtype = data instanceof Float32Array ? ('F32' as const) : ('U8' as const);
    return [name, { dtype, shape: [data.length], data }] as const;
  });
  writeSafetensors(path, Object.fromEntries(tensors), { steps: String(steps) });
};

const loadOptimizer = (path: string, optimizer: Optimizer): void => {
  const file = openSafetensors(path);
  try {
    for (const [name, into] of Object.entries(optimizer.arrays))
      if (into instanceof Float32Array) file.readFloat32(name, into);
      else into.set(file.read(name) as Uint8Array);
    optimizer.steps = Number(file.metadata['steps']);
  } finally {
    file.close();
  }
};

export type Besides = {
  readonly curve: readonly MetricsLine[];
  /** files that belong to a run as well, taken along where they are there */
  readonly files: readonly string[];
};

export const saveCheckpoint = (
  folder: string,
  trained: Trained,
  state: TrainState,
  { curve, files }: Besides,
): void => {
  const part = `${folder}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { recursive: true });
  saveTuned(part, trained);
  saveOptimizer(join(part, OPTIMIZER), trained.optimizer);
  for (const file of files) if (existsSync(file)) copyFileSync(file, join(part, basename(file)));
  writeFileSync(join(part, METRICS), curve.map((line) => `${JSON.stringify(line)}\n`).join(''));
  writeFileSync(join(part, STATE), JSON.stringify(state));
  rmSync(folder, { recursive: true, force: true });
  renameSync(part, folder);
};

/** Takes out of a checkpoint what need not be made again. */
export const restoreResults = (folder: string, results: readonly string[]): void => {
  for (const file of results) {
    const kept = join(folder, basename(file));
    if (existsSync(kept)) copyFileSync(kept, file);
  }
};

/** Puts the run where the checkpoint was; `best` is as it was then, or gone. A checkpoint of another model or method is
 *  refused by the adapter's names. */
export const loadCheckpoint = (
  folder: string,
  trained: Trained,
  best: string,
): { readonly state: TrainState; readonly curve: readonly MetricsLine[] } => {
  const parsed = TrainState.safeParse(JSON.parse(readFileSync(join(folder, STATE), 'utf8')));
  if (!parsed.success) throw new AppError('engine_failed', `${STATE} of the checkpoint is not one of ours`);
  take(trained.parameters, loadAdapter(folder, trained.model).tensors);
  loadOptimizer(join(folder, OPTIMIZER), trained.optimizer);
  rmSync(best, { force: true });
  restoreResults(folder, [best]);
  const lines = readFileSync(join(folder, METRICS), 'utf8').split('\n').filter(Boolean);
  return { state: parsed.data, curve: lines.map((line) => JSON.parse(line) as MetricsLine) };
};

/** Gives a folder's files a second place, without a copy where the disk can: nobody changes them in place. */
export const linkFolder = (from: string, to: string): void => {
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    const [file, copy] = [join(from, name), join(to, name)];
    try {
      linkSync(file, copy);
    } catch {
      copyFileSync(file, copy);
    }
  }
};
