/** What an evaluation on the way means: is it the best so far, and should training end early? Pure. */
import type { ResolvedRecipe } from '../../shared/contracts/recipe.ts';
import type { TrainState } from './checkpoint/state.ts';

export type Judged = { readonly state: TrainState; readonly isBest: boolean; readonly stops: boolean };

/** `state` is that of the step which was evaluated. */
export const judgeEvaluation = (
  state: TrainState,
  eval_loss: number,
  early: ResolvedRecipe['training']['early_stopping'],
): Judged => {
  const { best, step } = state;
  const isBest = best === null || eval_loss < best.eval_loss;
  const gained = best === null || eval_loss < best.eval_loss - (early ? early.min_delta : 0);
  const stale = gained ? 0 : state.stale + 1;
  const stops = early !== false && stale >= early.patience && step < state.total_steps;
  return {
    isBest,
    stops,
    state: {
      ...state,
      eval_loss,
      best: isBest ? { step, eval_loss } : best,
      stale,
      total_steps: stops ? step : state.total_steps,
    },
  };
};
