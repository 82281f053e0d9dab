import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Recipe, type RecipeInput, ResolvedRecipe } from '../../../shared/contracts/recipe.ts';
import { factsOf, resolveRecipe, seedOf } from '../../../shared/plan/recipe.ts';
import { rows } from '../../helpers/jobs.ts';

const resolve = (train: number, input: RecipeInput = {}, held_out = 20, shape: 'chat' | 'text' = 'chat') =>
  resolveRecipe(Recipe.parse(input), { rows: { ...rows, train, held_out }, shape });

const rate = (base: string) => resolve(200, { base }).resolved.training.learning_rate;

const early = (train: number, held_out: number) =>
  resolve(train, {}, held_out).resolved.training.early_stopping;
const keepsBest = (held_out: number) => resolve(200, {}, held_out).resolved.training.load_best_model_at_end;
const optim = (
  memory_bytes: number | null,
  type: 'full' | 'lora' = 'full',
  parameters: number | null = 1e9,
) =>
  resolveRecipe(
    Recipe.parse({ method: { type } }),
    { rows, shape: 'chat' },
    { parameters, context: null, memory_bytes },
  );

describe('a recipe without auto', () => {
  test('any number of rows gives a recipe that the contract takes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200_000 }),
        fc.integer({ min: 0, max: 500 }),
        (train, held_out) => {
          const { resolved } = resolve(train, {}, held_out);
          expect(ResolvedRecipe.parse(resolved)).toEqual(resolved);
          const { n_epochs, batch_size, save_steps } = resolved.training;
          expect(n_epochs >= 1 && n_epochs <= 10).toBe(true);
          expect(batch_size >= 1 && batch_size <= 16).toBe(true);
          expect(((train / batch_size) * n_epochs) / save_steps).toBeLessThan(21);
          expect(resolved.evaluation.samples).toBe(Math.min(100, held_out));
        },
      ),
    );
  });
  test.each([
    [10, 1, 10],
    [40, 2, 5],
    [120, 4, 4],
    [200, 8, 4],
    [900, 8, 3],
    [5000, 16, 3],
    [25_000, 16, 1],
    [100_000, 16, 1],
  ])('%i rows: batches of %i, %i passes', (train, batch_size, n_epochs) => {
    expect(resolve(train).resolved.training).toMatchObject({ batch_size, n_epochs });
  });
  test('few rows get about a hundred steps, if ten passes can give them', () => {
    for (const train of [30, 60, 100, 150, 240]) {
      const { batch_size, n_epochs } = resolve(train).resolved.training;
      expect(Math.ceil(train / batch_size) * n_epochs).toBeGreaterThanOrEqual(100);
    }
  });
  test('every auto is told with its reason, and what was given is not', () => {
    const { resolved, reasons } = resolve(200, {
      training: { batch_size: 3, learning_rate: 0.01 },
      method: { type: 'lora', r: 4 },
    });
    const keys = reasons.map(({ key }) => key);
    expect(keys).toContain('training.n_epochs');
    expect(keys).not.toContain('training.batch_size');
    expect(keys).not.toContain('training.learning_rate');
    expect(keys).not.toContain('method.r');
    expect(resolved.training).toMatchObject({ batch_size: 3, learning_rate: 0.01 });
    expect(resolved.method).toMatchObject({ r: 4, lora_alpha: 8 });
    for (const { key, value, why } of reasons) {
      const at = key.split('.').reduce<unknown>((o, part) => (o as Record<string, unknown>)[part], resolved);
      expect([key, at]).toEqual([key, value]);
      expect(why.length).toBeGreaterThan(3);
    }
  });
  test('the multiplier of OpenAI scales the rate that was chosen', () => {
    expect(resolve(200).resolved.training.learning_rate).toBe(5e-4);
    expect(resolve(200, { training: { learning_rate_multiplier: 2 } }).resolved.training.learning_rate).toBe(
      1e-3,
    );
  });
  test('the rate goes with the size of the base', () => {
    expect([
      rate('nano'),
      rate('x/Tiny-15M'),
      rate('Qwen/Qwen2.5-0.5B'),
      rate('meta/Llama-3.2-1B'),
      rate('/some/folder'),
    ]).toEqual([5e-3, 1e-3, 5e-4, 2e-4, 5e-4]);
  });
  test('a tiny base gets more steps, and room for answers in short pieces', () => {
    const { training, evaluation } = resolve(352, { base: 'nano' }).resolved;
    expect([training.batch_size, training.n_epochs, evaluation.max_new_tokens]).toEqual([8, 6, 192]);
    expect(resolve(5000, { base: 'nano' }).resolved.training.n_epochs).toBe(3);
    expect(resolve(352).resolved.evaluation.max_new_tokens).toBe(128);
  });
  test('a base that reads little gets short rows', () => {
    const { resolved } = resolveRecipe(
      Recipe.parse({}),
      { rows, shape: 'chat' },
      { parameters: 1e6, context: 512 },
    );
    expect(resolved.training.max_length).toBe(512);
  });
  test('a schema must be the schema itself by now', () => {
    expect(resolve(9, { evaluation: { schema: { type: 'object' } } }).resolved.evaluation.schema).toEqual({
      type: 'object',
    });
    expect(() => resolve(9, { evaluation: { schema: 'call.schema.json' } })).toThrow(/call\.schema\.json/);
  });
  test('of plain text, which has no one right continuation, only a few rows are answered', () => {
    expect(resolve(500, {}, 60, 'chat').resolved.evaluation.samples).toBe(60);
    expect(resolve(500, {}, 60, 'text').resolved.evaluation.samples).toBe(10);
  });
  test('measuring on the way is a fifth of the steps apart, saving ten steps at least', () => {
    const { eval_steps, save_steps } = resolve(160, { training: { batch_size: 8, n_epochs: 3 } }).resolved
      .training;
    expect([eval_steps, save_steps]).toEqual([12, 10]);
  });
  test('training ends early only where many passes could learn the rows by heart, and enough are held out to tell', () => {
    expect(early(40, 20)).toEqual({ patience: 2, min_delta: 0 });
    expect(early(40, 9)).toBe(false);
    expect(early(900, 50)).toBe(false);
    const asked = resolve(900, { training: { early_stopping: { patience: 5 } } }).resolved.training;
    expect(asked.early_stopping).toEqual({ patience: 5, min_delta: 0 });
    expect(resolve(40, { training: { early_stopping: false } }).resolved.training.early_stopping).toBe(false);
  });
  test('the best evaluation is kept where there is one', () => {
    expect([keepsBest(0), keepsBest(1)]).toEqual([false, true]);
  });
  test('all weights are trained with two moments each where they fit, and without where they do not', () => {
    const chosen = (...args: Parameters<typeof optim>) => optim(...args).resolved.training.optim;
    expect(chosen(24e9)).toBe('adamw_torch');
    expect(chosen(12e9)).toBe('adafactor');
    expect(chosen(12e9, 'lora')).toBe('adamw_torch');
    expect(chosen(null)).toBe('adamw_torch');
    expect(chosen(12e9, 'full', null)).toBe('adamw_torch');
    const why = optim(12e9).reasons.find(({ key }) => key === 'training.optim')!.why;
    expect(why).toMatch(/17\.5 GB of 12\.0 GB/);
  });
  test('the seed is the recipe’s, and the same one where it has none', () => {
    expect([seedOf(Recipe.parse({})), seedOf(Recipe.parse({ training: { seed: 7 } }))]).toEqual([42, 7]);
    expect(resolve(9).resolved.training.seed).toBe(42);
  });
});

describe('what a name says of a base', () => {
  test.each([
    ['nano', 935_040],
    ['HuggingFaceTB/SmolLM2-135M-Instruct', 134_515_008],
    ['someone/Other-135M', 135e6],
    ['Qwen/Qwen2.5-0.5B', 0.5e9],
    ['stories260K', 260e3],
    ['a/3d-model', null],
    ['plain', null],
  ])('%s', (base, parameters) => {
    expect(factsOf(base).parameters).toBe(parameters);
  });
});
