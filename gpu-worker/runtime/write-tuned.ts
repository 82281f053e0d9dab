/** What a method has learned, as the world reads it: a PEFT adapter, or a whole model in Hugging Face layout. */
import type { ResolvedMethod } from '../../shared/contracts/method.ts';
import type { Model } from '../models/model.ts';
import type { Parameters } from './parameters.ts';
import { type NamedTensors, toTensors } from './tensors.ts';
import { type Base, writeHfFolder } from '../weights/base.ts';
import { writeAdapter } from '../weights/peft.ts';
import { configOf } from '../adapters/index.ts';

export type Tuned = {
  readonly method: ResolvedMethod;
  readonly model: Model;
  readonly base: Base;
  readonly baseId: string;
  /** the adapter that the values were continued from, where they did not begin anew */
  readonly continues?: string | null;
  readonly parameters: Parameters;
};

/** The base with the tensors that were trained in place of its own. */
const replaced = (base: Base, tensors: NamedTensors): Base => ({
  ...base,
  read: (name, into) => {
    const tensor = tensors.get(name);
    if (!tensor) return base.read(name, into);
    if (!into) return tensor.data;
    into.set(tensor.data);
    return into;
  },
});

export const saveTuned = (dir: string, { parameters, ...tuned }: Tuned): void => {
  const { method, model, base, baseId, continues } = tuned;
  const tensors = toTensors(parameters);
  if (method.type === 'full') return writeHfFolder(replaced(base, tensors), dir);
  const lineage = continues ? { init_from: continues } : {}; // not a field of PEFT's, which passes over it
  writeAdapter(dir, { config: { ...configOf(method, model), ...lineage }, baseId, tensors });
};
