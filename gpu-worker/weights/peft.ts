/** Adapters on disk as PEFT writes them, https://huggingface.co/docs/peft/developer_guides/checkpoint */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { MethodOf, ResolvedMethod } from '../../shared/contracts/method.ts';
import { AppError } from '../../shared/errors.ts';
import { writeWhole } from './file.ts';
import { openSafetensors, writeSafetensors } from './safetensors.ts';

const PEFT_VERSION = '0.21.2'; // whose fields and key names these are
const CONFIG = 'adapter_config.json';
const WEIGHTS = 'adapter_model.safetensors';
const PREFIX = 'base_model.model.';

export type AdapterTensor = { readonly shape: readonly number[]; readonly data: Float32Array };

/** Fields that older versions of PEFT do not write have the value that they had in those versions. */
export const AdapterConfig = z.looseObject({
  peft_type: z.literal('LORA'),
  base_model_name_or_path: z.string().nullable().default(null),
  r: z.int().min(1),
  lora_alpha: z.number(),
  target_modules: z
    .union([z.string(), z.array(z.string())])
    .nullable()
    .default(null),
  bias: z.string().default('none'),
  fan_in_fan_out: z.boolean().default(false),
  use_rslora: z.boolean().default(false),
  use_dora: z.boolean().default(false),
  lora_bias: z.boolean().default(false),
  rank_pattern: z
    .record(z.string(), z.int())
    .nullish()
    .transform((x) => x ?? {}),
  alpha_pattern: z
    .record(z.string(), z.number())
    .nullish()
    .transform((x) => x ?? {}),
  modules_to_save: z.array(z.string()).nullable().default(null),
  layers_to_transform: z
    .union([z.int(), z.array(z.int())])
    .nullable()
    .default(null),
});
export type AdapterConfig = z.infer<typeof AdapterConfig>;

const loraConfig = (method: MethodOf<'lora'>) => ({
  alora_invocation_tokens: null,
  alpha_pattern: {},
  arrow_config: null,
  auto_mapping: null,
  bias: 'none',
  corda_config: null,
  ensure_weight_tying: false,
  eva_config: null,
  exclude_modules: null,
  fan_in_fan_out: false,
  inference_mode: true,
  init_lora_weights: true,
  kasa_config: null,
  layer_replication: null,
  layers_pattern: null,
  layers_to_transform: null,
  loftq_config: {},
  lora_alpha: method.lora_alpha,
  lora_bias: false,
  lora_dropout: method.lora_dropout,
  lora_ga_config: null,
  megatron_config: null,
  megatron_core: 'megatron.core',
  modules_to_save: null,
  monteclora_config: null,
  peft_type: 'LORA',
  qalora_group_size: 16,
  r: method.r,
  rank_pattern: {},
  target_parameters: null,
  trainable_token_indices: null,
  use_bdlora: null,
  use_dora: false,
  use_qalora: false,
  use_rslora: false,
  velora_config: null,
});

const sortKeys = (record: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)));

/** Keys of `tensors` are PEFT's, `base_model.model.<path>.lora_A.weight`. The configuration is written last. */
export const writeAdapter = (
  dir: string,
  adapter: {
    readonly method: ResolvedMethod;
    readonly baseId: string;
    readonly tensors: ReadonlyMap<string, AdapterTensor>;
    readonly targetModules: readonly string[];
  },
): void => {
  const stray = [...adapter.tensors.keys()].find((key) => !key.startsWith(PREFIX));
  if (stray !== undefined) throw new TypeError(`An adapter's key begins with ${PREFIX}, not so ${stray}`);
  mkdirSync(dir, { recursive: true });
  const tensors = Object.fromEntries(
    Array.from(adapter.tensors, ([name, { shape, data }]) => [name, { dtype: 'F32' as const, shape, data }]),
  );
  writeSafetensors(join(dir, WEIGHTS), tensors, { format: 'pt' });
  if (adapter.method.type !== 'lora')
    throw new AppError('unsupported_model', `The onnx engine has no method ${adapter.method.type}`);
  const config = sortKeys({
    ...loraConfig(adapter.method),
    base_model_name_or_path: adapter.baseId,
    peft_version: PEFT_VERSION,
    revision: null,
    target_modules: [...adapter.targetModules],
    task_type: 'CAUSAL_LM',
  });
  writeWhole(join(dir, CONFIG), [Buffer.from(`${JSON.stringify(config, null, 2)}\n`)]);
};

const readConfig = (path: string): AdapterConfig => {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new AppError('broken_file', `Cannot read ${path}: an adapter is a folder that has this JSON file`, {
      cause,
    });
  }
  const type = (json as { peft_type?: unknown } | null)?.peft_type;
  if (type !== 'LORA')
    throw new AppError(
      'unsupported_model',
      `${path}: peft_type ${JSON.stringify(type)} is not among those supported: LORA`,
    );
  const parsed = AdapterConfig.safeParse(json);
  if (!parsed.success)
    throw new AppError('broken_file', `${path} is not PEFT's: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
};

/** Values as float32 whatever they are stored in; keys are PEFT's. */
export const readAdapter = (dir: string): { config: AdapterConfig; tensors: Map<string, AdapterTensor> } => {
  const config = readConfig(join(dir, CONFIG));
  const weights = join(dir, WEIGHTS);
  if (!existsSync(weights) && existsSync(join(dir, 'adapter_model.bin')))
    throw new AppError(
      'unsupported_model',
      `${dir} has a pickled adapter_model.bin, which is never opened here: save it again with PEFT 0.6 or later`,
    );
  const file = openSafetensors(weights);
  try {
    const tensors = new Map<string, AdapterTensor>();
    for (const name of file.names())
      tensors.set(name, { shape: file.info(name).shape, data: file.readFloat32(name) });
    return { config, tensors };
  } finally {
    file.close();
  }
};
