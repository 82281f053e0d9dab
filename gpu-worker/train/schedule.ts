/** Learning rates as transformers' `get_scheduler` gives them: the first step of a warm-up has rate 0. */
export type Schedule = {
  readonly type: 'cosine' | 'linear' | 'constant';
  readonly lr: number;
  readonly warmup_steps: number;
  readonly total_steps: number;
};

/** Rate of the step with index `step`, counted from 0. */
export const rateAt = (
  { type, lr, warmup_steps: warm, total_steps: total }: Schedule,
  step: number,
): number => {
  if (step < warm) return (lr * step) / Math.max(1, warm);
  if (type === 'constant') return lr;
  const progress = (step - warm) / Math.max(1, total - warm);
  if (type === 'linear') return lr * Math.max(0, 1 - progress);
  return lr * Math.max(0, 0.5 * (1 + Math.cos(Math.PI * progress)));
};
