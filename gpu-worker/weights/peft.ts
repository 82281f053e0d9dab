/** Adapter folders as PEFT writes them, https://huggingface.co/docs/peft/developer_guides/checkpoint. What the fields mean
 *  is each method's business. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../shared/errors.ts';
import { writeWhole } from './file.ts';
import { openSafetensors, writeSafetensors } from './safetensors.ts';

const PEFT_VERSION = '0.21.2'; // whose fields and key names these are
const CONFIG = 'adapter_config.json';
const WEIGHTS = 'adapter_model.safetensors';
const WHOLE = 'model.safetensors';
const KEYS = /^(base_model\.|prompt_embeddings$)/;

export type AdapterTensor = { readonly shape: readonly number[]; readonly data: Float32Array };
export type AdapterFile = {
  readonly dir: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly tensors: ReadonlyMap<string, AdapterTensor>;
};

const sortKeys = (record: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)));

/** `config` says what the method is, `tensors` have PEFT's names. The configuration is written last. */
export const writeAdapter = (
  dir: string,
  adapter: Pick<AdapterFile, 'config' | 'tensors'> & { readonly baseId: string },
): void => {
  const stray = [...adapter.tensors.keys()].find((key) => !KEYS.test(key));
  if (stray !== undefined) throw new TypeError(`An adapter's key begins with base_model., not so ${stray}`);
  mkdirSync(dir, { recursive: true });
  const tensors = Object.fromEntries(
    Array.from(adapter.tensors, ([name, { shape, data }]) => [name, { dtype: 'F32' as const, shape, data }]),
  );
  writeSafetensors(join(dir, WEIGHTS), tensors, { format: 'pt' });
  const config = sortKeys({
    auto_mapping: null,
    ...adapter.config,
    base_model_name_or_path: adapter.baseId,
    inference_mode: true,
    peft_version: PEFT_VERSION,
    revision: null,
    task_type: 'CAUSAL_LM',
  });
  writeWhole(join(dir, CONFIG), [Buffer.from(`${JSON.stringify(config, null, 2)}\n`)]);
};

const readConfig = (path: string): Record<string, unknown> => {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new AppError('broken_file', `Cannot read ${path}: an adapter is a folder that has this JSON file`, {
      cause,
    });
  }
};

/** A method's own fields of the configuration. */
export const parseConfig = <T>({ dir, config }: AdapterFile, schema: z.ZodType<T>): T => {
  const parsed = schema.safeParse(config);
  if (parsed.success) return parsed.data;
  throw new AppError('broken_file', `${join(dir, CONFIG)} is not PEFT's: ${z.prettifyError(parsed.error)}`);
};

/** Values as float32 whatever they are stored in. */
const readTensors = (path: string): AdapterFile['tensors'] => {
  const file = openSafetensors(path);
  try {
    return new Map(
      file.names().map((name) => [name, { shape: file.info(name).shape, data: file.readFloat32(name) }]),
    );
  } finally {
    file.close();
  }
};

/** Keys are PEFT's. */
export const readAdapter = (dir: string): AdapterFile => {
  const config = readConfig(join(dir, CONFIG));
  const weights = join(dir, WEIGHTS);
  if (!existsSync(weights) && existsSync(join(dir, 'adapter_model.bin')))
    throw new AppError(
      'unsupported_model',
      `${dir} has a pickled adapter_model.bin, which is never opened here: save it again with PEFT 0.6 or later`,
    );
  return { dir, config, tensors: readTensors(weights) };
};

/** Whether a whole model stands where an adapter would: one that was trained with every weight. */
export const isWhole = (dir: string): boolean =>
  !existsSync(join(dir, CONFIG)) && existsSync(join(dir, WHOLE));

/** What was trained: an adapter's tensors, or those of a whole model under the checkpoint's names. */
export const readTuned = (dir: string): AdapterFile['tensors'] =>
  isWhole(dir) ? readTensors(join(dir, WHOLE)) : readAdapter(dir).tensors;
