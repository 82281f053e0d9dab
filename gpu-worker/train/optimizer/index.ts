/** Optimizers by the names that transformers' `TrainingArguments.optim` has for them. */
import type { ResolvedRecipe } from '../../../shared/contracts/recipe.ts';
import { openAdafactor } from './adafactor.ts';
import { openAdamW } from './adamw.ts';
import { openAdamW8bit } from './adamw-8bit.ts';
import type { OpenOptimizer } from './optimizer.ts';

export type OptimizerKind = ResolvedRecipe['training']['optim'];

export const OPTIMIZERS: { readonly [K in OptimizerKind]: OpenOptimizer } = {
  adamw_torch: openAdamW,
  adamw_8bit: openAdamW8bit,
  adafactor: openAdafactor,
};
