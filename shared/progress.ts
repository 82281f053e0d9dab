import type { Progress } from './contracts/event.ts';

/** A progress report in which what is not said is not known. */
export const progressOf = (known: Partial<Progress> & Pick<Progress, 'phase'>): Progress => ({
  step: 0,
  steps: 0,
  epoch: 0,
  loss: null,
  eval_loss: null,
  eta_seconds: null,
  tokens_per_second: null,
  ...known,
});
