/** Where a run is: with the trained values and the optimizer's arrays, all that it needs to go on as if it had never
 *  stopped. The order of rows and all random numbers follow from the seed and the step, so no generator's state is stored. */
import { z } from 'zod';
import { UNWATCHED, Watch } from '../guard.ts';

export const TrainState = z.strictObject({
  version: z.literal(1),
  /** optimizer steps made */
  step: z.int().min(0),
  /** the schedule's length: a budget may have cut it */
  total_steps: z.int().min(1),
  trained_tokens: z.int().min(0),
  last_loss: z.number().nullable(),
  eval_loss: z.number().nullable(),
  /** the evaluation with the lowest loss so far */
  best: z.strictObject({ step: z.int(), eval_loss: z.number() }).nullable(),
  /** evaluations in a row without a gain */
  stale: z.int().min(0),
  watch: Watch,
  /** each one halves the learning rate: the step at which training ran away, and how */
  back_offs: z.array(z.strictObject({ step: z.int(), why: z.string() })),
});
export type TrainState = z.infer<typeof TrainState>;

export const freshState = (total_steps: number): TrainState => ({
  version: 1,
  step: 0,
  total_steps,
  trained_tokens: 0,
  last_loss: null,
  eval_loss: null,
  best: null,
  stale: 0,
  watch: UNWATCHED,
  back_offs: [],
});
