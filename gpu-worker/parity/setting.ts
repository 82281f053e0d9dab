/** A reference folder opened: its base, its cases and the adapters they name. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { seamsOf } from '../adapters/index.ts';
import { loadAdapter, type LoadedAdapter, NO_ADAPTER } from '../runtime/read-tuned.ts';
import { modelFor } from '../models/index.ts';
import type { Model } from '../models/model.ts';
import { initialise } from '../runtime/initialise.ts';
import { layOut, type Parameters } from '../runtime/parameters.ts';
import { openSessions, type Sessions } from '../runtime/session.ts';
import { take } from '../runtime/tensors.ts';
import { openWeights, type Weights } from '../runtime/weights.ts';
import { openBase } from '../weights/base.ts';
import { openSafetensors, type Safetensors } from '../weights/safetensors.ts';
import { Cases } from './cases.ts';

export type Setting = {
  readonly folder: string;
  readonly cases: Cases;
  readonly model: Model;
  readonly weights: Weights;
  readonly sessions: Sessions;
  readonly expected: Safetensors;
  close(): Promise<void>;
};

export const openSetting = async (folder: string, threads: number): Promise<Setting> => {
  const cases = Cases.parse(JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8')));
  const base = await openBase(resolve(folder, cases.base));
  const sessions = openSessions({ threads });
  const expected = openSafetensors(join(folder, 'expected.safetensors'));
  const close = async () => {
    await sessions.release();
    expected.close();
    base.close();
  };
  return {
    folder,
    cases,
    model: modelFor(base.config),
    weights: openWeights(base),
    sessions,
    expected,
    close,
  };
};

/** An adapter's folder by the name in the case; `full`: every weight as the checkpoint has it; null: the base alone. */
export const adapterOf = ({ folder, model }: Setting, name: string | null): LoadedAdapter => {
  if (name === null) return NO_ADAPTER;
  if (name !== 'full') return loadAdapter(join(folder, name), model);
  const method = { type: 'full' } as const;
  return { method, seams: seamsOf(method, model), tensors: new Map() };
};

/** Fills a method's values: from the adapter's file, or, where every weight is trained, from the checkpoint. */
export const fillFrom = (s: Setting, adapter: LoadedAdapter, parameters: Parameters): void => {
  if (adapter.method?.type === 'full' && adapter.tensors.size === 0) initialise(parameters, 0, s.weights);
  else take(parameters, adapter.tensors);
};

export const parametersOf = (s: Setting, adapter: LoadedAdapter): Parameters => {
  const parameters = layOut(s.model, adapter.seams);
  fillFrom(s, adapter, parameters);
  return parameters;
};
