/** Watches the loss of every step for training that runs away. Pure; what it has seen is part of the state of a run.
 *
 *  The loss is smoothed over about twenty steps. It has run away when it stays, five steps in a row, above twice its
 *  lowest level, plus one nat, plus what the loss usually strays from step to step: rows differ, and a batch of hard ones,
 *  or a nearly perfect model that meets a new row, must raise no alarm. A model that has broken is above that by far: it
 *  loses about log(vocabulary). */
import { z } from 'zod';

export const Watch = z.strictObject({
  /** losses seen */
  seen: z.int().min(0),
  /** Σ 0.95^age · loss, and the same of how far each loss strayed; the sum of such weights is 1 − 0.95^seen, over 0.05 */
  smoothed: z.number(),
  strayed: z.number(),
  /** the smoothed loss at its lowest, null while too few are seen */
  lowest: z.number().nullable(),
  /** steps in a row above the limit */
  above: z.int().min(0),
});
export type Watch = z.infer<typeof Watch>;

export const UNWATCHED: Watch = { seen: 0, smoothed: 0, strayed: 0, lowest: null, above: 0 };

const [SMOOTHING, SETTLED, TIMES, MARGIN, IN_A_ROW] = [0.95, 20, 2, 1, 5];

/** Mean of an average that began at zero. */
const corrected = (average: number, seen: number): number => average / (1 - SMOOTHING ** seen);

const limitOf = ({ lowest, strayed, seen }: Watch): number =>
  lowest === null ? Infinity : TIMES * lowest + MARGIN + corrected(strayed, seen);

export const watchLoss = (watch: Watch, loss: number): Watch => {
  const limit = limitOf(watch);
  const seen = watch.seen + 1;
  const smoothed = SMOOTHING * watch.smoothed + (1 - SMOOTHING) * loss;
  const level = corrected(smoothed, seen);
  // a loss beyond the limit must not widen it
  const stray = loss <= limit ? Math.abs(loss - level) : corrected(watch.strayed, watch.seen);
  return {
    seen,
    smoothed,
    strayed: SMOOTHING * watch.strayed + (1 - SMOOTHING) * stray,
    lowest: seen < SETTLED ? null : Math.min(watch.lowest ?? Infinity, level),
    above: level > limit ? watch.above + 1 : 0,
  };
};

export const hasRunAway = ({ above }: Watch): boolean => above >= IN_A_ROW;

/** Nothing looks wrong: these values are worth going back to. */
export const isCalm = (watch: Watch, loss: number): boolean => watch.above === 0 && loss <= limitOf(watch);

/** How often the rate is halved before the run fails. */
export const BACK_OFFS = 3;
