import { z } from 'zod';

/** PEFT's short names, or `all-linear`: every linear of every layer, the head excepted. */
export const TargetModules = z.union([z.literal('all-linear'), z.array(z.string().min(1)).min(1)]);
export type TargetModules = z.infer<typeof TargetModules>;

const auto = z.literal('auto');

/** Fields carry the names that PEFT's adapter_config.json uses. */
const LoraMethod = z.strictObject({
  type: z.literal('lora'),
  r: z.union([auto, z.int().min(1).max(512)]).default('auto'),
  lora_alpha: z.union([auto, z.number().positive()]).default('auto'),
  lora_dropout: z.number().min(0).max(0).default(0),
  target_modules: TargetModules.default('all-linear'),
});

/** One branch per method. */
export const Method = z.discriminatedUnion('type', [LoraMethod]);
export type Method = z.infer<typeof Method>;

export const ResolvedLora = LoraMethod.extend({
  r: z.int().min(1).max(512),
  lora_alpha: z.number().positive(),
});
export type ResolvedLora = z.infer<typeof ResolvedLora>;
export const ResolvedMethod = z.discriminatedUnion('type', [ResolvedLora]);
export type ResolvedMethod = z.infer<typeof ResolvedMethod>;
