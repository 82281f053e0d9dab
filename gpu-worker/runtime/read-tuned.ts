/** A tuned model's folder as a method on a base and the values that go with it: PEFT's adapters, our bottleneck adapter, or
 *  a whole model. */
import { ADAPTER_TYPES, adapterType, type ResolvedMethod } from '../../shared/contracts/method.ts';
import { AppError } from '../../shared/errors.ts';
import type { Model } from '../models/model.ts';
import type { Seams } from '../nn/seams.ts';
import type { NamedTensors } from './tensors.ts';
import { type AdapterFile, isWhole, readAdapter, readTuned } from '../weights/peft.ts';
import { ADAPTERS, seamsOf } from '../adapters/index.ts';
import { refuseOutside } from '../adapters/target.ts';

export type LoadedAdapter = {
  readonly method: ResolvedMethod | null;
  readonly seams: Seams;
  readonly tensors: NamedTensors;
};

export const NO_ADAPTER: LoadedAdapter = { method: null, seams: {}, tensors: new Map() };

/** The method that an adapter's folder holds. */
export const readMethod = (file: AdapterFile, model: Model): ResolvedMethod => {
  const type = adapterType(file.config);
  if (type) return ADAPTERS[type].read(file, model);
  throw new AppError(
    'unsupported_model',
    `${file.dir}: ${JSON.stringify(file.config['peft_type'])} is not among the adapters supported: ${Object.keys(ADAPTER_TYPES).join(', ')}`,
  );
};

export const loadAdapter = (dir: string, model: Model): LoadedAdapter => {
  if (isWhole(dir)) {
    const method = { type: 'full' } as const;
    return { method, seams: seamsOf(method, model), tensors: readTuned(dir) };
  }
  const file = readAdapter(dir);
  const method = readMethod(file, model);
  refuseOutside(file, model);
  return { method, seams: seamsOf(method, model), tensors: file.tensors };
};
