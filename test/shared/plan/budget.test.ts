import { expect, test } from 'vitest';
import { Recipe, type RecipeInput, type ResolvedRecipe } from '../../../shared/contracts/recipe.ts';
import { fitBudget, type Expected } from '../../../shared/plan/budget.ts';
import { resolveRecipe } from '../../../shared/plan/recipe.ts';

const rows = { in: 120, train: 100, held_out: 20, dropped: 0, duplicate: 0, quarantined: 0, truncated: 0 };
const resolved = (budget: RecipeInput['budget']): ResolvedRecipe =>
  resolveRecipe(Recipe.parse({ budget, training: { n_epochs: 4 } }), {
    rows,
    shape: 'chat',
    kinds: { chat: 120 },
  }).resolved;
const expected: Expected = {
  tokens: 40_000,
  minutes: { low: 6, likely: 10, high: 20 },
  usd: { low: 0.6, likely: 1, high: 2 },
};

test('what fits, and what may well fit, goes through as it is', () => {
  for (const budget of [{}, { max_tokens: 40_000 }, { max_usd: 0.7 }, { max_minutes: 1 }]) {
    const recipe = resolved(budget);
    expect(fitBudget(recipe, expected)).toEqual({ resolved: recipe, reasons: [] });
  }
});

test.each([
  [{ max_tokens: 30_000 }, 'budget.max_tokens', '40000 tokens', '3'],
  [{ max_usd: 0.5 }, 'budget.max_usd', '0.6 to 2 USD', '2'],
  [{ max_minutes: 5, when_exceeded: 'refuse' }, 'budget.max_minutes', '6 to 20 minutes', '2'],
] as const)('%j is refused with what would fit', (budget, param, words, epochs) => {
  expect(() => fitBudget(resolved(budget), expected)).toThrowError(
    expect.objectContaining({
      code: 'budget_exceeded',
      message: expect.stringContaining(words) as string,
      details: { param, hint: expect.stringContaining(`n_epochs to ${epochs},`) as string },
    }) as Error,
  );
});

test('trimmed, it learns for as long as the tightest limit allows, and says why', () => {
  const found = fitBudget(resolved({ max_tokens: 30_000, max_usd: 0.3, when_exceeded: 'trim' }), expected);
  expect(found.resolved.training.n_epochs).toBe(1.2);
  expect(found.reasons).toEqual([
    { key: 'training.n_epochs', value: 1.2, why: expect.stringContaining('max_usd is 0.3') as string },
  ]);
});

test('less than a tenth of an epoch is no job', () => {
  expect(() => fitBudget(resolved({ max_tokens: 500, when_exceeded: 'trim' }), expected)).toThrowError(
    /40000 tokens for 4 epochs/,
  );
});
