/** adapter_config.json of a LoRA, to and fro. */
import { z } from 'zod';
import type { MethodOf } from '../../shared/contracts/method.ts';
import type { Model } from '../models/model.ts';
import type { AdapterFile } from '../weights/peft.ts';
import { parseConfig } from '../weights/peft.ts';
import { fanInFanOut, refuse } from './adapter.ts';
import { listed, modulesWith } from './target.ts';

type Lora = MethodOf<'lora'>;
const orEmpty = <T extends z.ZodType>(value: T) =>
  z
    .record(z.string(), value)
    .nullish()
    .transform((x) => x ?? {});

/** Fields that older versions of PEFT do not write have the value that they had in those versions. */
const LoraConfig = z.looseObject({
  r: z.int().min(1),
  lora_alpha: z.number(),
  use_rslora: z.boolean().default(false),
  use_dora: z.boolean().default(false),
  lora_bias: z.boolean().default(false),
  rank_pattern: orEmpty(z.int()),
  alpha_pattern: orEmpty(z.number()),
  modules_to_save: z
    .array(z.string())
    .nullish()
    .transform((x) => x ?? []),
});

/** Beginnings that leave the base as it is. PEFT takes the others (PiSSA, OLoRA, CorDA, LoftQ) out of the base's weights, and
 *  does so again when it loads the file. */
const BEGINNINGS = [true, false, 'gaussian', 'orthogonal', 'eva', 'lora_ga', 'mica'];

/** What changes the arithmetic, or the base, in a way that is not here. */
const ONLY = {
  bias: ['none'],
  init_lora_weights: BEGINNINGS,
  use_qalora: [false],
  use_bdlora: [],
  trainable_token_indices: [],
  alora_invocation_tokens: [],
  arrow_config: [],
  kasa_config: [],
  monteclora_config: [],
  layer_replication: [],
  target_parameters: [],
  velora_config: [],
} as const;

/** The method that a folder holds; its tensors say best which modules are meant, whatever form target_modules has. */
export const readLora = (file: AdapterFile): Lora => {
  refuse(file, ONLY);
  const c = parseConfig(file, LoraConfig);
  if (c.modules_to_save.length > 0) refuse(file, { ensure_weight_tying: [false] });
  return {
    type: 'lora',
    r: c.r,
    lora_alpha: c.lora_alpha,
    lora_dropout: 0,
    target_modules: modulesWith(file.tensors.keys(), 'lora_A.weight'),
    rank_pattern: c.rank_pattern,
    alpha_pattern: c.alpha_pattern,
    use_rslora: c.use_rslora,
    use_dora: c.use_dora,
    lora_bias: c.lora_bias,
    modules_to_save: c.modules_to_save,
  };
};

export const loraConfig = (method: Lora, model: Model): Record<string, unknown> => ({
  alora_invocation_tokens: null,
  alpha_pattern: method.alpha_pattern,
  arrow_config: null,
  bias: 'none',
  corda_config: null,
  ensure_weight_tying: false,
  eva_config: null,
  exclude_modules: null,
  fan_in_fan_out: fanInFanOut(model),
  init_lora_weights: true,
  kasa_config: null,
  layer_replication: null,
  layers_pattern: null,
  layers_to_transform: null,
  loftq_config: {},
  lora_alpha: method.lora_alpha,
  lora_bias: method.lora_bias,
  lora_dropout: method.lora_dropout,
  lora_ga_config: null,
  megatron_config: null,
  megatron_core: 'megatron.core',
  modules_to_save: method.modules_to_save.length > 0 ? method.modules_to_save : null,
  monteclora_config: null,
  peft_type: 'LORA',
  qalora_group_size: 16,
  r: method.r,
  rank_pattern: method.rank_pattern,
  target_modules: listed(model, method.target_modules),
  target_parameters: null,
  trainable_token_indices: null,
  use_bdlora: null,
  use_dora: method.use_dora,
  use_qalora: false,
  use_rslora: method.use_rslora,
  velora_config: null,
});
