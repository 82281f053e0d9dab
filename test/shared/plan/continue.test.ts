import { describe, expect, test } from 'vitest';
import { Method, ResolvedMethod } from '../../../shared/contracts/method.ts';
import { Recipe, type RecipeInput } from '../../../shared/contracts/recipe.ts';
import { continueMethod, continueRecipe } from '../../../shared/plan/continue.ts';

/** As PEFT 0.21 writes it, shortened. */
const LORA = {
  peft_type: 'LORA',
  r: 8,
  lora_alpha: 24,
  lora_dropout: 0.05,
  target_modules: ['v_proj', 'q_proj'],
  rank_pattern: { 'layers.0.q_proj': 4 },
  alpha_pattern: {},
  use_rslora: true,
  use_dora: false,
  modules_to_save: null,
};
const onto = (method: NonNullable<RecipeInput['method']>, config: Record<string, unknown> = LORA) =>
  continueRecipe(Recipe.parse({ method }), { from: 'ft:a', at: 'file:/b/adapter/', config });

describe('a method that continues an adapter', () => {
  test('has its settings, and says which', () => {
    const { recipe, reasons } = onto({ type: 'lora', init_from: 'ft:a', loraplus_lr_ratio: 4 });
    expect(recipe.method).toEqual({
      ...Method.parse({ type: 'lora' }),
      r: 8,
      lora_alpha: 24,
      target_modules: ['v_proj', 'q_proj'],
      rank_pattern: { 'layers.0.q_proj': 4 },
      use_rslora: true,
      loraplus_lr_ratio: 4,
      init_from: 'file:/b/adapter/',
    });
    expect(reasons.map(({ key }) => key)).toEqual(
      ['r', 'lora_alpha', 'target_modules', 'rank_pattern', 'use_rslora'].map((key) => `method.${key}`),
    );
  });

  test('may repeat them, modules in any order', () => {
    const { reasons } = onto({ type: 'lora', r: 8, target_modules: ['q_proj', 'v_proj'] });
    expect(reasons.map(({ key }) => key)).not.toContain('method.r');
  });

  test.each<[NonNullable<RecipeInput['method']>, string]>([
    [{ type: 'lora', r: 16 }, 'has r 8, the recipe 16'],
    [{ type: 'lora', target_modules: ['q_proj'] }, 'has target_modules ["v_proj","q_proj"], the recipe'],
    [{ type: 'lora', use_dora: true }, 'has use_dora false, the recipe true'],
    [{ type: 'oft' }, 'ft:a holds an adapter of the method lora, the recipe'],
    [{ type: 'full' }, "the recipe's is full"],
  ])('%j against a LoRA of rank 8 on q and v is refused', (method, message) => {
    expect(() => onto(method)).toThrow(message);
  });

  test('of a kind that is not here, or with settings beyond what is, is refused', () => {
    expect(() => onto({ type: 'lora' }, { peft_type: 'HRA' })).toThrow('"HRA"');
    expect(() => onto({ type: 'lora' }, { ...LORA, target_modules: '.*_proj' })).toThrow('target_modules');
  });

  test('a method without auto has to agree with all of it', () => {
    const method = ResolvedMethod.parse({ type: 'lora', r: 8, lora_alpha: 16 });
    expect(() => continueMethod(ResolvedMethod, method, { from: 'x', config: LORA })).toThrow(
      'lora_alpha 24',
    );
  });

  test('a recipe that begins anew stays as it is', () => {
    const recipe = Recipe.parse({});
    expect(continueRecipe(recipe, null)).toEqual({ recipe, reasons: [] });
  });
});
