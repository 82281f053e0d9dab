/** A tuned model's folder as a method on a base and the values that go with it: PEFT's adapters, our bottleneck adapter, or
 *  a whole model. */
import type { ResolvedMethod } from '../../shared/contracts/method.ts';
import { AppError } from '../../shared/errors.ts';
import type { Model } from '../models/model.ts';
import type { Seams } from '../nn/seams.ts';
import type { NamedTensors } from './tensors.ts';
import { type AdapterFile, isWhole, readAdapter, readTuned } from '../weights/peft.ts';
import { ADAPTERS, seamsOf } from '../adapters/index.ts';

export type LoadedAdapter = {
  readonly method: ResolvedMethod | null;
  readonly seams: Seams;
  readonly tensors: NamedTensors;
};

export const NO_ADAPTER: LoadedAdapter = { method: null, seams: {}, tensors: new Map() };

/** PEFT's `peft_type`, and ours where PEFT has none. */
const READERS: Readonly<Record<string, (file: AdapterFile, model: Model) => ResolvedMethod>> = {
  LORA: ADAPTERS.lora.read,
  OFT: ADAPTERS.oft.read,
  IA3: ADAPTERS.ia3.read,
  VERA: ADAPTERS.vera.read,
  PREFIX_TUNING: ADAPTERS.prefix.read,
  PROMPT_TUNING: ADAPTERS.prompt.read,
  bottleneck: ADAPTERS.bottleneck.read,
};

const readMethod = (file: AdapterFile, model: Model): ResolvedMethod => {
  const type = file.config['peft_type'] ?? file.config['method'];
  const read = typeof type === 'string' && Object.hasOwn(READERS, type) ? READERS[type] : undefined;
  if (!read)
    throw new AppError(
      'unsupported_model',
      `${file.dir}: peft_type ${JSON.stringify(type)} is not among those supported: ${Object.keys(READERS).join(', ')}`,
    );
  return read(file, model);
};

export const loadAdapter = (dir: string, model: Model): LoadedAdapter => {
  if (isWhole(dir)) {
    const method = { type: 'full' } as const;
    return { method, seams: seamsOf(method, model), tensors: readTuned(dir) };
  }
  const file = readAdapter(dir);
  const method = readMethod(file, model);
  return { method, seams: seamsOf(method, model), tensors: file.tensors };
};
