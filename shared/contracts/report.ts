/** `report.json` of a run: before and after on held-out rows, and a verdict from the intervals. */
import { z } from 'zod';
import { Verdict } from './event.ts';

/** Mean over `n` held-out rows with its 95 % interval. */
export const Measured = z.strictObject({ value: z.number(), low: z.number(), high: z.number(), n: z.int() });
export type Measured = z.infer<typeof Measured>;

const ArmName = z.enum(['base', 'tuned']);
export const Arm = z.strictObject({
  name: ArmName,
  metrics: z.record(z.string(), Measured),
  seconds: z.number(),
  /** generated tokens */
  tokens: z.int(),
});
export type Arm = z.infer<typeof Arm>;

/** tuned − base over the same rows: mean of the paired differences, its 95 % interval, two-sided p. */
export const Gain = z.strictObject({
  metric: z.string(),
  delta: z.number(),
  low: z.number(),
  high: z.number(),
  p: z.number(),
});
export type Gain = z.infer<typeof Gain>;

/** One row's answers side by side; an arm that was not run is null. */
export const Sample = z.strictObject({
  line: z.int().nullable(),
  prompt: z.string(),
  reference: z.string(),
  base: z.string().nullable(),
  tuned: z.string().nullable(),
  /** tuned beside base by the deciding metric; null where it does not count the row */
  outcome: z.enum(['better', 'same', 'worse']).nullable(),
});
export type Sample = z.infer<typeof Sample>;

export const RunReport = z.strictObject({
  version: z.literal(1),
  verdict: Verdict,
  /** the verdict in one sentence, with the figures it rests on */
  message: z.string(),
  arms: z.array(Arm),
  gains: z.array(Gain),
  forgetting: z.null(),
  diagnosis: z.array(z.string()),
  samples: z.array(Sample),
  figures: z.record(z.string(), z.union([z.number(), z.string(), z.null()])),
});
export type RunReport = z.infer<typeof RunReport>;

/** One line of `predictions.jsonl`: every held-out row behind the report. */
export const Prediction = z.strictObject({
  line: z.int().nullable(),
  prompt: z.string(),
  reference: z.string(),
  /** per arm: the answer (null where only the loss was taken), and each metric's value on this row */
  arms: z.partialRecord(
    ArmName,
    z.strictObject({ answer: z.string().nullable(), scores: z.record(z.string(), z.number()) }),
  ),
});
export type Prediction = z.infer<typeof Prediction>;
