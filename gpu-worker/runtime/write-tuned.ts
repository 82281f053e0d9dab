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

export const saveTuned = (dir: string, { method, model, base, baseId, parameters }: Tuned): void => {
  const tensors = toTensors(parameters);
  if (method.type === 'full') writeHfFolder(replaced(base, tensors), dir);
  else writeAdapter(dir, { config: configOf(method, model), baseId, tensors });
};
