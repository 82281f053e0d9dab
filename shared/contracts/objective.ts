/** What a job learns from its rows. Names and defaults are TRL's. */
import { z } from 'zod';

const auto = z.literal('auto');
const autoOr = <T extends z.ZodType>(type: T) => z.union([auto, type]).default('auto');

/** How far the model may move from what it was: the larger, the closer it stays. */
const beta = z.number().positive();
const weight = z.number().positive();

/** The answers of the assistant are imitated, token by token. Of a preference row that is the chosen one. */
const SftObjective = z.strictObject({ type: z.literal('sft') });

/** Every token is learnt, whatever the row is: continued pretraining. */
const TextObjective = z.strictObject({ type: z.literal('text') });

/** https://arxiv.org/abs/2305.18290 */
const DPO = {
  beta,
  /** `ipo`: https://arxiv.org/abs/2310.12036 */
  loss_type: z.enum(['sigmoid', 'ipo']).default('sigmoid'),
  /** share of the pairs that are thought to be the wrong way round (cDPO); `sigmoid` only */
  label_smoothing: z.number().min(0).lt(0.5),
} as const;
const DpoObjective = z.strictObject({
  type: z.literal('dpo'),
  beta: autoOr(DPO.beta),
  loss_type: DPO.loss_type,
  label_smoothing: autoOr(DPO.label_smoothing),
});

/** https://arxiv.org/abs/2403.07691: imitation of the chosen answer, and odds ratios without a reference model */
const OrpoObjective = z.strictObject({ type: z.literal('orpo'), beta: autoOr(beta) });

/** https://arxiv.org/abs/2402.01306: single answers, each labelled desirable or not */
const KtoObjective = z.strictObject({
  type: z.literal('kto'),
  beta: autoOr(beta),
  desirable_weight: autoOr(weight),
  undesirable_weight: autoOr(weight),
});

/** https://arxiv.org/abs/2405.14734: mean log-probabilities without a reference model, `gamma` apart */
const SimpoObjective = z.strictObject({
  type: z.literal('simpo'),
  beta: autoOr(beta),
  gamma: autoOr(z.number().min(0)),
});

/** One branch per objective; `auto` is what the kind of rows asks for. */
export const Objective = z.discriminatedUnion('type', [
  z.strictObject({ type: auto }),
  SftObjective,
  TextObjective,
  DpoObjective,
  OrpoObjective,
  KtoObjective,
  SimpoObjective,
]);
export type Objective = z.infer<typeof Objective>;

export const ResolvedObjective = z.discriminatedUnion('type', [
  SftObjective,
  TextObjective,
  z.strictObject({ type: z.literal('dpo'), ...DPO }),
  OrpoObjective.extend({ beta }),
  KtoObjective.extend({ beta, desirable_weight: weight, undesirable_weight: weight }),
  SimpoObjective.extend({ beta, gamma: z.number().min(0) }),
]);
export type ResolvedObjective = z.infer<typeof ResolvedObjective>;
