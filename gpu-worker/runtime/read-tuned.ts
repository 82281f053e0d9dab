/** A tuned model's folder as a method on a base and the values that go with it: PEFT's adapters, our bottleneck adapter, or
 *  a whole model. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ResolvedMethod } from '../../shared/contracts/method.ts';
import { AppError } from '../../shared/errors.ts';
import type { Model } from '../models/model.ts';
import type { Seams } from '../nn/seams.ts';
import type { NamedTensors } from './tensors.ts';
import { type AdapterFile, readAdapter } from '../weights/peft.ts';
import { openSafetensors } from '../weights/safetensors.ts';
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

/** A model that was trained whole: its tensors under the checkpoint's names. */
const readWhole = (dir: string): NamedTensors => {
  const file = openSafetensors(join(dir, 'model.safetensors'));
  try {
    return new Map(
      file.names().map((name) => [name, { shape: file.info(name).shape, data: file.readFloat32(name) }]),
    );
  } finally {
    file.close();
  }
};

export const loadAdapter = (dir: string, model: Model): LoadedAdapter => {
  if (!existsSync(join(dir, 'adapter_config.json')) && existsSync(join(dir, 'model.safetensors'))) {
    const method = { type: 'full' } as const;
    return { method, seams: seamsOf(method, model), tensors: readWhole(dir) };
  }
  const file = readAdapter(dir);
  const method = readMethod(file, model);
  return { method, seams: seamsOf(method, model), tensors: file.tensors };
};
