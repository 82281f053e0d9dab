/** The form of a reference folder's `cases.json` (`"form": 1`). */
import { z } from 'zod';

const ids = z.array(z.array(z.int()));
export const ReferenceBatch = z.looseObject({
  input_ids: ids,
  labels: ids,
  attention_mask: ids.optional(),
  packed: z.boolean().optional(),
  position_ids: ids.optional(),
  segment_ids: ids.optional(),
  /** rows 0 … pairs − 1 are chosen, the next are rejected, in the same order */
  pairs: z.int().optional(),
  desirable: z.array(z.boolean()).optional(),
  kl_input_ids: ids.optional(),
  kl_labels: ids.optional(),
  kl_attention_mask: ids.optional(),
});
export type ReferenceBatch = z.infer<typeof ReferenceBatch>;

const objective = z.looseObject({ type: z.string() });
export type ReferenceObjective = z.infer<typeof objective>;
const reported = z.record(z.string(), z.unknown());
const step = z.looseObject({ step: z.int(), lr: z.number(), loss: z.number(), grad_norm: z.number() });
const base = { name: z.string(), adapter: z.string().nullable() };

export const Case = z.discriminatedUnion('kind', [
  z.looseObject({
    ...base,
    kind: z.literal('forward'),
    batch: z.string(),
    expect: z.looseObject({ loss: z.number() }),
  }),
  z.looseObject({
    ...base,
    kind: z.literal('gradient'),
    batch: z.string(),
    objective,
    expect: z.looseObject({ loss: z.number(), grad_norm: z.number() }).and(reported),
  }),
  z.looseObject({
    ...base,
    kind: z.literal('greedy'),
    prompt: z.array(z.int()),
    new_tokens: z.int(),
    expect: z.looseObject({ tokens: z.array(z.int()) }),
  }),
  z.looseObject({
    ...base,
    kind: z.literal('curve'),
    objective,
    optimizer: z.looseObject({
      lr: z.number(),
      betas: z.tuple([z.number(), z.number()]),
      eps: z.number(),
      weight_decay: z.number(),
      clip: z.number().nullable(),
      warmup_steps: z.int(),
      total_steps: z.int(),
      /** LoRA+: B learns so many times faster */
      lr_ratio_b: z.number().optional(),
      no_decay: z.array(z.string()).optional(),
    }),
    batches: z.array(z.union([z.string(), z.array(z.string())])),
    final: z.string(),
    expect: z.looseObject({ steps: z.array(step) }),
  }),
]);
export type Case = z.infer<typeof Case>;

const Tolerance = z.strictObject({ abs: z.number(), rel: z.number() });
export type Tolerance = z.infer<typeof Tolerance>;

export const Cases = z.looseObject({
  form: z.literal(1),
  name: z.string(),
  base: z.string(),
  method: z.string().optional(),
  tolerance: z.record(z.string(), Tolerance),
  batches: z.record(z.string(), ReferenceBatch),
  cases: z.array(Case),
});
export type Cases = z.infer<typeof Cases>;
