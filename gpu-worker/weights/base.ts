/** A base model on disk, one view of its two forms: a folder in Hugging Face layout, or a `.gguf` file. */
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { TokenizerFiles } from '../../shared/text/tokenizer.ts';
import { bytesOf, finder, writeWhole } from './file.ts';
import { openGgufBase } from './gguf-base.ts';
import { toFloat16 } from './half.ts';
import { openSafetensors, type Safetensors, type TensorToWrite, writeSafetensors } from './safetensors.ts';

/** Names and layout are those of the Hugging Face checkpoint. `into` must have exactly the tensor's number of elements. */
export type Base = {
  /** config.json */
  readonly config: Readonly<Record<string, unknown>>;
  readonly tokenizer: TokenizerFiles | null;
  names(): string[];
  has(name: string): boolean;
  shape(name: string): readonly number[];
  read(name: string, into?: Float32Array): Float32Array;
  close(): void;
};

const readJson = (path: string): Record<string, unknown> => {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  } catch (cause) {
    throw new AppError('broken_file', `Cannot read ${path}: is it there, and is it JSON?`, { cause });
  }
};

const readJsonIfThere = (path: string): Record<string, unknown> | null =>
  existsSync(path) ? readJson(path) : null;

const CHAT_TEMPLATE = 'chat_template.jinja';

const readTokenizer = (folder: string): TokenizerFiles | null => {
  const tokenizer = readJsonIfThere(join(folder, 'tokenizer.json'));
  if (!tokenizer) return null;
  const config = readJsonIfThere(join(folder, 'tokenizer_config.json')) ?? {};
  const template = join(folder, CHAT_TEMPLATE);
  return {
    tokenizer,
    config: existsSync(template) ? { ...config, chat_template: readFileSync(template, 'utf8') } : config,
    generation: readJsonIfThere(join(folder, 'generation_config.json')),
  };
};

/** File names of the weights, relative to the folder. An index may name files beside it only. */
const weightFiles = (folder: string): string[] => {
  if (existsSync(join(folder, 'model.safetensors'))) return ['model.safetensors'];
  const index = readJsonIfThere(join(folder, 'model.safetensors.index.json'));
  if (!index)
    throw new AppError(
      'base_unavailable',
      `${folder} has neither model.safetensors nor model.safetensors.index.json (pickled .bin weights are never opened): convert the model to safetensors`,
    );
  const files = [...new Set(Object.values(index['weight_map'] ?? {}))];
  for (const file of files)
    if (typeof file !== 'string' || basename(file) !== file || !existsSync(join(folder, file)))
      throw new AppError(
        'broken_file',
        `${folder}/model.safetensors.index.json names ${String(file)}, which is not there`,
      );
  return files as string[];
};

const HEAD = 'lm_head.weight';
const TABLES = ['model.embed_tokens.weight', 'transformer.wte.weight'];

/** Whether the checkpoint has a head and a table of other values: transformers ties no such two, whatever config.json says. */
const untied = (where: ReadonlyMap<string, Safetensors>): boolean => {
  const table = TABLES.find((name) => where.has(name));
  if (table === undefined || !where.has(HEAD)) return false;
  const read = (name: string) => bytesOf(where.get(name)!.read(name));
  return Buffer.compare(read(HEAD), read(table)) !== 0;
};

const openFolder = (folder: string): Base => {
  const said = readJson(join(folder, 'config.json'));
  const tokenizer = readTokenizer(folder);
  const opened: Safetensors[] = [];
  const close = (): void => opened.forEach((file) => file.close());
  const where = new Map<string, Safetensors>();
  try {
    for (const file of weightFiles(folder)) {
      const part = openSafetensors(join(folder, file));
      opened.push(part);
      for (const name of part.names()) where.set(name, part);
    }
  } catch (error) {
    close();
    throw error;
  }
  const find = finder(where, folder);
  const own = said['tie_word_embeddings'] !== false && untied(where);
  const config = own ? { ...said, tie_word_embeddings: false } : said;
  return {
    config,
    tokenizer,
    names: () => [...where.keys()],
    has: (name) => where.has(name),
    shape: (name) => find(name).info(name).shape,
    read: (name, into) => find(name).readFloat32(name, into),
    close,
  };
};

/** Reads configuration, tokenizer and the weights' tables; the weights themselves when asked. Close it when done. */
export const openBase = async (path: string): Promise<Base> => {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) throw new AppError('base_unavailable', `There is no base model at ${path}`);
  if (stat.isDirectory()) return openFolder(path);
  if (path.endsWith('.gguf')) return openGgufBase(path);
  throw new AppError(
    'unsupported_model',
    `${path} is neither a folder in Hugging Face layout nor a .gguf file`,
  );
};

const writeJson = (path: string, value: object): void =>
  writeWhole(path, [Buffer.from(`${JSON.stringify(value, null, 2)}\n`)]);

const STORED = {
  F32: { dtype: 'float32', from: (values: Float32Array) => values },
  F16: { dtype: 'float16', from: toFloat16 },
} as const;

/** Writes the base as a folder in Hugging Face layout, one tensor in memory at a time. */
export const writeHfFolder = (base: Base, dir: string, as: keyof typeof STORED = 'F32'): void => {
  mkdirSync(dir, { recursive: true });
  const tensors: Record<string, TensorToWrite> = {};
  for (const name of base.names())
    tensors[name] = {
      dtype: as,
      shape: base.shape(name),
      data: () => STORED[as].from(base.read(name)),
    };
  writeSafetensors(join(dir, 'model.safetensors'), tensors, { format: 'pt' });
  if (base.tokenizer) {
    writeJson(join(dir, 'tokenizer.json'), base.tokenizer.tokenizer);
    writeJson(join(dir, 'tokenizer_config.json'), base.tokenizer.config);
    if (base.tokenizer.generation) writeJson(join(dir, 'generation_config.json'), base.tokenizer.generation);
  }
  // the configuration comes last: a folder that has it is whole
  writeJson(join(dir, 'config.json'), { ...base.config, dtype: STORED[as].dtype });
};
