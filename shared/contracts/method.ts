import { z } from 'zod';

/** PEFT's short names, or `all-linear`: every linear of every layer, the head excepted. */
export const TargetModules = z.union([z.literal('all-linear'), z.array(z.string().min(1)).min(1)]);
export type TargetModules = z.infer<typeof TargetModules>;

const auto = z.literal('auto');
const rank = z.int().min(1).max(512);
const targets = TargetModules.default('all-linear');

/** What every method but `full` takes. */
const frozenBase = {
  /** the frozen linears in 8 or 4 bits; absent: as float32 */
  bits: z.union([z.literal(8), z.literal(4)]).optional(),
  /** an adapter of the same method to continue: a folder, an adapter's URI in the service's store, or a tuned model's id */
  init_from: z.string().min(1).optional(),
} as const;

/** Patterns are PEFT's: the end of a module's path, e.g. `q_proj` or `layers.1.mlp.down_proj`; the first that fits counts. */
const pattern = <T extends z.ZodType>(value: T) => z.record(z.string().min(1), value).default({});

const LoraMethod = z.strictObject({
  type: z.literal('lora'),
  r: z.union([auto, rank]).default('auto'),
  lora_alpha: z.union([auto, z.number().positive()]).default('auto'),
  lora_dropout: z.number().min(0).max(0).default(0),
  target_modules: targets,
  rank_pattern: pattern(rank),
  alpha_pattern: pattern(z.number().positive()),
  /** scale by alpha / √r instead of alpha / r, https://arxiv.org/abs/2312.03732 */
  use_rslora: z.boolean().default(false),
  /** magnitude and direction apart, https://arxiv.org/abs/2402.09353 */
  use_dora: z.boolean().default(false),
  lora_bias: z.boolean().default(false),
  /** B learns so many times faster than A, https://arxiv.org/abs/2402.12354 */
  loraplus_lr_ratio: z.number().positive().optional(),
  /** modules whose own weights are trained whole, e.g. `lm_head` */
  modules_to_save: z.array(z.string().min(1)).default([]),
  ...frozenBase,
});

/** Orthogonal blocks before each linear, https://arxiv.org/abs/2306.07280, by PEFT's Cayley–Neumann series. */
const OftMethod = z.strictObject({
  type: z.literal('oft'),
  oft_block_size: z.union([auto, z.int().min(2).max(256)]).default('auto'),
  num_cayley_neumann_terms: z.int().min(2).max(9).default(5),
  target_modules: targets,
  ...frozenBase,
});

/** Learned scales, https://arxiv.org/abs/2205.05638: on the output of a module, on the input of a feed-forward one.
 *  Absent lists are the architecture's own, as PEFT knows them. */
const Ia3Method = z.strictObject({
  type: z.literal('ia3'),
  target_modules: z.array(z.string().min(1)).min(1).optional(),
  feedforward_modules: z.array(z.string().min(1)).optional(),
  ...frozenBase,
});

const virtual = z.union([auto, z.int().min(1).max(512)]).default('auto');
/** Learned keys and values before each layer's own, https://arxiv.org/abs/2101.00190, without projection. */
const PrefixMethod = z.strictObject({
  type: z.literal('prefix'),
  num_virtual_tokens: virtual,
  ...frozenBase,
});
/** Learned embeddings before the tokens, https://arxiv.org/abs/2104.08691. */
const PromptMethod = z.strictObject({
  type: z.literal('prompt'),
  num_virtual_tokens: virtual,
  ...frozenBase,
});

/** x + U·act(D·x + d) + u after a module, https://arxiv.org/abs/1902.00751 (`[self_attn, mlp]`) and Pfeiffer's (`[mlp]`). */
const BottleneckMethod = z.strictObject({
  type: z.literal('bottleneck'),
  target_modules: z
    .array(z.enum(['self_attn', 'mlp']))
    .min(1)
    .default(['mlp']),
  bottleneck_size: z.union([auto, z.int().min(1).max(4096)]).default('auto'),
  activation: z.enum(['relu', 'silu', 'gelu']).default('relu'),
  ...frozenBase,
});

/** Learned scales around frozen random projections that all layers share, https://arxiv.org/abs/2310.11454. */
const VeraMethod = z.strictObject({
  type: z.literal('vera'),
  r: z.union([auto, z.int().min(1).max(4096)]).default('auto'),
  d_initial: z.number().default(0.1),
  projection_prng_key: z.int().min(0).default(0),
  target_modules: targets,
  ...frozenBase,
});

/** Every weight of the base. */
const FullMethod = z.strictObject({ type: z.literal('full') });

/** One branch per method. Fields carry the names that PEFT's adapter_config.json uses. */
export const Method = z.discriminatedUnion('type', [
  LoraMethod,
  OftMethod,
  Ia3Method,
  PrefixMethod,
  PromptMethod,
  BottleneckMethod,
  VeraMethod,
  FullMethod,
]);
export type Method = z.infer<typeof Method>;

export const ResolvedMethod = z.discriminatedUnion('type', [
  LoraMethod.extend({ r: rank, lora_alpha: z.number().positive() }),
  OftMethod.extend({ oft_block_size: z.int().min(2).max(256) }),
  Ia3Method,
  PrefixMethod.extend({ num_virtual_tokens: z.int().min(1) }),
  PromptMethod.extend({ num_virtual_tokens: z.int().min(1) }),
  BottleneckMethod.extend({ bottleneck_size: z.int().min(1) }),
  VeraMethod.extend({ r: z.int().min(1) }),
  FullMethod,
]);
export type ResolvedMethod = z.infer<typeof ResolvedMethod>;
/** The resolved branch of one method: `MethodOf<'lora'>`. */
export type MethodOf<T extends ResolvedMethod['type']> = Extract<ResolvedMethod, { readonly type: T }>;

/** `peft_type` of adapter_config.json, and ours where PEFT has none. */
export const ADAPTER_TYPES: Readonly<Record<string, Exclude<Method['type'], 'full'>>> = {
  LORA: 'lora',
  OFT: 'oft',
  IA3: 'ia3',
  PREFIX_TUNING: 'prefix',
  PROMPT_TUNING: 'prompt',
  VERA: 'vera',
  bottleneck: 'bottleneck',
};

/** The method of an adapter_config.json, null for one that is not here. */
export const adapterType = (
  config: Readonly<Record<string, unknown>>,
): Exclude<Method['type'], 'full'> | null => {
  const said = config['peft_type'] ?? config['method'];
  return typeof said === 'string' && Object.hasOwn(ADAPTER_TYPES, said) ? ADAPTER_TYPES[said]! : null;
};

/** What a method continues, null where it begins anew. */
export const initFrom = (method: Method | ResolvedMethod): string | null =>
  method.type === 'full' ? null : (method.init_from ?? null);
