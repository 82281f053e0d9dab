/** Everything a run needs to go on as if it had never stopped: trained values, Adam's moments, where it was. The order
 *  of rows and all random numbers follow from the seed and the step, so no generator's state is stored. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { ResolvedMethod } from '../../shared/contracts/method.ts';
import type { MetricsLine } from '../../shared/contracts/spec.ts';
import { AppError } from '../../shared/errors.ts';
import { take, toTensors } from '../runtime/parameters.ts';
import { readAdapter, writeAdapter } from '../weights/peft.ts';
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
/** answers and losses of the base, so that a resumed run need not ask it again */
const BASE_ARM = 'base.json';
const METRICS = 'metrics.jsonl';

type Identity = { readonly method: ResolvedMethod; readonly baseId: string };

/** Short module names, as `target_modules` lists them. */
const targetsOf = (names: Iterable<string>): string[] =>
  [...new Set(Array.from(names, (name) => name.split('.').at(-3)!))].toSorted();

export const saveAdapter = (folder: string, { parameters }: Trainer, { method, baseId }: Identity): void => {
  const tensors = toTensors(parameters);
  writeAdapter(folder, { method, baseId, tensors, targetModules: targetsOf(tensors.keys()) });
};

const flat = (data: Float32Array) => ({ dtype: 'F32' as const, shape: [data.length], data });

export const saveCheckpoint = (
  folder: string,
  trainer: Trainer,
  state: TrainState,
  identity: Identity,
  besides: { readonly baseArm: string; readonly curve: readonly MetricsLine[] },
): void => {
  mkdirSync(folder, { recursive: true });
  saveAdapter(folder, trainer, identity);
  const { m, v, steps } = trainer.optimizer;
  writeSafetensors(join(folder, OPTIMIZER), { m: flat(m), v: flat(v) }, { steps: String(steps) });
  if (existsSync(besides.baseArm)) copyFileSync(besides.baseArm, join(folder, BASE_ARM));
  writeFileSync(join(folder, METRICS), besides.curve.map((line) => `${JSON.stringify(line)}\n`).join(''));
  writeFileSync(join(folder, STATE), JSON.stringify(state));
};

/** Puts the trainer where the checkpoint was. A checkpoint of another model or method is refused by the adapter's names. */
export const loadCheckpoint = (
  folder: string,
  trainer: Trainer,
  baseArm: string,
): { readonly state: TrainState; readonly curve: readonly MetricsLine[] } => {
  const parsed = TrainState.safeParse(JSON.parse(readFileSync(join(folder, STATE), 'utf8')));
  if (!parsed.success) throw new AppError('engine_failed', `${STATE} of the checkpoint is not one of ours`);
  take(trainer.parameters, readAdapter(folder).tensors);
  const file = openSafetensors(join(folder, OPTIMIZER));
  try {
    file.readFloat32('m', trainer.optimizer.m);
    file.readFloat32('v', trainer.optimizer.v);
    trainer.optimizer.steps = Number(file.metadata['steps']);
  } finally {
    file.close();
  }
  if (existsSync(join(folder, BASE_ARM))) copyFileSync(join(folder, BASE_ARM), baseArm);
  const lines = readFileSync(join(folder, METRICS), 'utf8').split('\n').filter(Boolean);
  return { state: parsed.data, curve: lines.map((line) => JSON.parse(line) as MetricsLine) };
};
