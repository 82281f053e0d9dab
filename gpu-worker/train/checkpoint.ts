/** Everything a run needs to go on as if it had never stopped: trained values, Adam's moments, where it was. The order
 *  of rows and all random numbers follow from the seed and the step, so no generator's state is stored. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { MetricsLine } from '../../shared/contracts/spec.ts';
import { AppError } from '../../shared/errors.ts';
import type { Model } from '../models/model.ts';
import { loadAdapter } from '../runtime/read-tuned.ts';
import { saveTuned, type Tuned } from '../runtime/write-tuned.ts';
import { take } from '../runtime/tensors.ts';
import { openSafetensors, writeSafetensors } from '../weights/safetensors.ts';
import type { Trainer } from './trainer.ts';

export const TrainState = z.strictObject({
  version: z.literal(1),
  /** optimizer steps made */
  step: z.int().min(0),
  /** the schedule's length: a budget may have cut it */
  total_steps: z.int().min(1),
  trained_tokens: z.int().min(0),
  last_loss: z.number().nullable(),
  eval_loss: z.number().nullable(),
});
export type TrainState = z.infer<typeof TrainState>;

const STATE = 'state.json';
const OPTIMIZER = 'optimizer.safetensors';
const METRICS = 'metrics.jsonl';

const flat = (data: Float32Array) => ({ dtype: 'F32' as const, shape: [data.length], data });

export const saveCheckpoint = (
  folder: string,
  trainer: Trainer,
  state: TrainState,
  tuned: Tuned,
  besides: { readonly results: readonly string[]; readonly curve: readonly MetricsLine[] },
): void => {
  mkdirSync(folder, { recursive: true });
  saveTuned(folder, tuned);
  const { m, v, steps } = trainer.optimizer;
  writeSafetensors(join(folder, OPTIMIZER), { m: flat(m), v: flat(v) }, { steps: String(steps) });
  for (const file of besides.results) if (existsSync(file)) copyFileSync(file, join(folder, basename(file)));
  writeFileSync(join(folder, METRICS), besides.curve.map((line) => `${JSON.stringify(line)}\n`).join(''));
  writeFileSync(join(folder, STATE), JSON.stringify(state));
};

/** Takes out of a checkpoint what need not be made again. */
export const restoreResults = (folder: string, results: readonly string[]): void => {
  for (const file of results)
    if (existsSync(join(folder, basename(file)))) copyFileSync(join(folder, basename(file)), file);
};

/** Puts the trainer where the checkpoint was. A checkpoint of another model or method is refused by the adapter's names. */
export const loadCheckpoint = (
  folder: string,
  trainer: Trainer,
  model: Model,
): { readonly state: TrainState; readonly curve: readonly MetricsLine[] } => {
  const parsed = TrainState.safeParse(JSON.parse(readFileSync(join(folder, STATE), 'utf8')));
  if (!parsed.success) throw new AppError('engine_failed', `${STATE} of the checkpoint is not one of ours`);
  take(trainer.parameters, loadAdapter(folder, model).tensors);
  const file = openSafetensors(join(folder, OPTIMIZER));
  try {
    file.readFloat32('m', trainer.optimizer.m);
    file.readFloat32('v', trainer.optimizer.v);
    trainer.optimizer.steps = Number(file.metadata['steps']);
  } finally {
    file.close();
  }
  const lines = readFileSync(join(folder, METRICS), 'utf8').split('\n').filter(Boolean);
  return { state: parsed.data, curve: lines.map((line) => JSON.parse(line) as MetricsLine) };
};
