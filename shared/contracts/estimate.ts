/** What a job would take, before it is sent anywhere: `droptune estimate --json`. */
import { z } from 'zod';

const count = z.number().min(0);
export const Range = z.strictObject({ low: count, likely: count, high: count });
export type Range = z.infer<typeof Range>;

/** What was measured by trying three steps and sixteen answers on this machine. */
const Probe = z.strictObject({
  /** floating-point operations a second over whole steps, and over passes without a gradient */
  train_flops: z.number().positive(),
  forward_flops: z.number().positive(),
  /** seconds that each shape of pass takes more when it runs for the first time */
  first_seconds: count,
  /** seconds of one round of decoding, of up to 16 answers at once; null where none is asked for */
  decode_seconds: z.number().positive().nullable(),
  peak_rss_mb: z.int().min(0),
});
export type Probe = z.infer<typeof Probe>;

/** Counted from the rows, the recipe and the model's own graphs. */
export const Work = z.strictObject({
  rows: z.int().min(0),
  steps: z.int().min(0),
  tokens: z.strictObject({
    /** of all rows to train on, once */
    epoch: z.int().min(0),
    /** read over all passes */
    total: z.int().min(0),
    /** of them those that are learnt from */
    learnt: z.int().min(0),
  }),
  /** floating-point operations: of training, of one look at the held-out rows, of all evaluations on the way, of all prompts */
  flops: z.strictObject({ train: count, losses: count, evaluations: count, prompts: count }),
  /** kinds of passes, each of which takes a moment to make */
  shapes: z.int().min(0),
  /** rounds of decoding, of up to 16 answers at once */
  rounds: z.strictObject({ base: Range, tuned: Range }),
  /** why the answers are taken to be so long */
  reasons: z.array(z.string()),
  decode_flops: count,
  bytes: z.strictObject({ memory: z.int().min(0), weights: z.int().min(0) }),
  /** seconds until the base was open and the plan was made, here */
  start_seconds: count,
  probe: Probe.nullable(),
});
export type Work = z.infer<typeof Work>;

/** A machine that a job could run on. `infra/prices.json` holds them; DROPTUNE_PRICES names another file. */
export const PriceRow = z.strictObject({
  launcher: z.string().min(1),
  /** the launcher's name for this kind of machine; absent = its only kind */
  instance_type: z.string().min(1).optional(),
  name: z.string().min(1),
  device: z.enum(['cpu', 'cuda']),
  /** 10⁹ floating-point operations a second over whole steps; of `local`: of one core */
  gflops: z.number().positive(),
  gflops_source: z.string().min(1),
  memory_gb: z.number().positive().nullable(),
  watts: count,
  usd_per_hour: count,
  date: z.iso.date(),
  source: z.string().min(1),
});
export type PriceRow = z.infer<typeof PriceRow>;

export const Offer = z.strictObject({
  launcher: z.string(),
  name: z.string(),
  fits: z.boolean(),
  minutes: Range,
  usd: Range,
  watt_hours: Range,
  /** whether the speed was measured here, just now */
  measured: z.boolean(),
  date: z.iso.date(),
  source: z.string(),
});
export type Offer = z.infer<typeof Offer>;

export const Estimate = z.strictObject({ version: z.literal(1), work: Work, offers: z.array(Offer) });
export type Estimate = z.infer<typeof Estimate>;
