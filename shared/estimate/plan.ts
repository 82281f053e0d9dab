/** The recipe of numbers within its budget, why each is what it is, and what all would roughly take. */
import type { DatasetReport } from '../contracts/dataset.ts';
import type { PriceRow } from '../contracts/estimate.ts';
import type { Reason, Recipe, ResolvedRecipe } from '../contracts/recipe.ts';
import { type Expected, fitBudget } from '../plan/budget.ts';
import type { Known } from '../plan/loop.ts';
import { factsOf, resolveRecipe } from '../plan/recipe.ts';
import { roughly } from './rough.ts';

type Place = {
  readonly base?: Known;
  /** rows of the launcher that the job would go to */
  readonly prices: readonly PriceRow[];
  readonly here: { readonly cores: number; readonly memory: number };
};

/** Throws `invalid_recipe` where the objective does not fit the rows, `budget_exceeded` where the budget is too small. */
export const planWithinBudget = (
  recipe: Recipe,
  report: DatasetReport,
  { base = factsOf(recipe.base), prices, here }: Place,
): {
  readonly resolved: ResolvedRecipe;
  readonly reasons: readonly Reason[];
  readonly expected: Expected;
} => {
  const { resolved: asked, reasons } = resolveRecipe(recipe, report, base);
  const expected = roughly(asked, { report, parameters: base.parameters, prices, here });
  const { resolved, reasons: trimmed } = fitBudget(asked, expected);
  return { resolved, reasons: [...reasons, ...trimmed], expected };
};
