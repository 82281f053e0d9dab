import { describe, expect, test } from 'vitest';
import { Recipe, type RecipeInput, ResolvedRecipe } from '../../../shared/contracts/recipe.ts';
import type { Kinds } from '../../../shared/plan/fit.ts';
import { resolveRecipe } from '../../../shared/plan/recipe.ts';
import { rows } from '../../helpers/jobs.ts';

const resolve = (kinds: Kinds, input: RecipeInput = {}, train = 200) => {
  const report = { rows: { ...rows, train }, shape: 'chat', kinds } as const;
  const { resolved, reasons } = resolveRecipe(Recipe.parse(input), report);
  expect(ResolvedRecipe.parse(resolved)).toEqual(resolved);
  return { ...resolved, reasons };
};
const whyOf = ({ reasons }: ReturnType<typeof resolve>, key: string) =>
  reasons.filter((reason) => reason.key === key).map(({ why }) => why);

describe('an objective that nobody named', () => {
  test.each([
    [{ chat: 3 }, 'sft'],
    [{ text: 3 }, 'text'],
    [{ preference: 3 }, 'dpo'],
    [{ kto: 3 }, 'kto'],
    [{ chat: 3, text: 1 }, 'sft'],
    [{ chat: 3, preference: 1 }, 'sft'],
    [{ kto: 3, preference: 1 }, 'kto'],
  ] as const)('%o is %s, with a reason', (kinds, type) => {
    const plan = resolve(kinds);
    expect(plan.objective.type).toBe(type);
    expect(whyOf(plan, 'objective.type').length).toBeGreaterThan(0);
  });
  test('rows that no objective can learn from together are refused with what to do', () => {
    expect(() => resolve({ kto: 3, chat: 1 })).toThrow(/among the rows are 1 dialogue: split the file/);
  });
  test('a report from before kinds were counted is read by its shape', () => {
    const types = (['chat', 'text'] as const).map(
      (shape) => resolveRecipe(Recipe.parse({}), { rows, shape }).resolved.objective.type,
    );
    expect(types).toEqual(['sft', 'text']);
  });
});

describe('an objective that was named', () => {
  test.each(['dpo', 'orpo', 'simpo', 'kto'] as const)(
    '%s on dialogues is refused with what to change',
    (type) => {
      expect(() => resolve({ chat: 40, preference: 2 }, { objective: { type } })).toThrow(
        expect.objectContaining({
          code: 'invalid_recipe',
          message: expect.stringMatching(
            new RegExp(`objective.type ${type} learns from .* 40 dialogues: .*sft, text`),
          ) as string,
        }),
      );
    },
  );
  test('imitation of labelled rows is refused: the bad ones would be imitated too', () => {
    expect(() => resolve({ kto: 5 }, { objective: { type: 'sft' } })).toThrow(/set objective.type to kto/);
  });
  test.each([
    ['sft', /chosen answer is imitated/],
    ['text', /chosen answer is learnt/],
    ['kto', /both answers/],
  ] as const)('%s on pairs is taken, and what becomes of them is said', (type, said) => {
    const plan = resolve({ preference: 9 }, { objective: { type } });
    expect(plan.objective.type).toBe(type);
    expect(whyOf(plan, 'objective.type').join()).toMatch(said);
  });
  test("its numbers are TRL's where nobody says otherwise", () => {
    const types = ['dpo', 'orpo', 'simpo', 'kto'] as const;
    expect(types.map((type) => resolve({ preference: 9 }, { objective: { type } }).objective)).toEqual([
      { type: 'dpo', beta: 0.1, loss_type: 'sigmoid', label_smoothing: 0 },
      { type: 'orpo', beta: 0.1 },
      { type: 'simpo', beta: 2, gamma: 0.5 },
      { type: 'kto', beta: 0.1, desirable_weight: 1, undesirable_weight: 1 },
    ]);
  });
  test('its numbers are the recipe’s where it says so, without a reason', () => {
    const plan = resolve(
      { preference: 9 },
      { objective: { type: 'dpo', beta: 0.3, label_smoothing: 0.1, loss_type: 'sigmoid' } },
    );
    expect(plan.objective).toMatchObject({ beta: 0.3, label_smoothing: 0.1 });
    expect(whyOf(plan, 'objective.beta')).toEqual([]);
  });
  test('IPO knows no smoothed labels', () => {
    const objective = { type: 'dpo', loss_type: 'ipo', label_smoothing: 0.1 } as const;
    expect(() => resolve({ preference: 9 }, { objective })).toThrow(
      /label_smoothing belongs to loss_type sigmoid/,
    );
  });
  test.each([0.5, 0.7, -0.1])(
    'label_smoothing %f would turn pairs around and is refused',
    (label_smoothing) => {
      expect(Recipe.safeParse({ objective: { type: 'dpo', label_smoothing } }).success).toBe(false);
    },
  );
});

const training = (type: 'sft' | 'dpo' | 'kto' | 'simpo' | 'orpo', train = 200) =>
  resolve({ preference: train }, { objective: { type }, base: 'x/y-135M' }, train);

describe('training that suits the objective', () => {
  test('preferences are learnt at a lower rate than imitation, and the reason says so', () => {
    const rate = (type: 'sft' | 'dpo' | 'kto' | 'simpo' | 'orpo') => training(type).training.learning_rate;
    expect(rate('sft')).toBe(5e-4);
    for (const type of ['dpo', 'kto', 'simpo'] as const) expect(rate(type)).toBeCloseTo(2.5e-5, 12);
    expect(rate('orpo')).toBeCloseTo(2e-4, 12);
    expect(whyOf(training('dpo'), 'training.learning_rate').join()).toContain('a twentieth');
  });
  test('a batch of one is nothing for KTO, and it says why', () => {
    const alone = { batch_size: 1 };
    expect(() => resolve({ kto: 9 }, { training: alone })).toThrow(
      /batch_size 1 is too small.*set 2 or more/,
    );
    expect(resolve({ preference: 9 }, { training: alone }).training.batch_size).toBe(1);
  });
  test('few rows are compared four at a time, not one', () => {
    expect(training('sft', 10).training.batch_size).toBe(1);
    for (const type of ['dpo', 'kto', 'simpo', 'orpo'] as const)
      expect(training(type, 10).training.batch_size).toBe(4);
    expect(training('dpo', 900).training.batch_size).toBe(8);
  });
});
