/** OpenAI's `method`, and the older `hyperparameters` beside it, in our words. */
import { z } from 'zod';
import { AppError } from '../shared/errors.ts';

const auto = z.literal('auto');
const hyperparameters = {
  n_epochs: z.union([auto, z.int().min(1).max(50)]).optional(),
  batch_size: z.union([auto, z.int().min(1).max(256)]).optional(),
  learning_rate_multiplier: z.union([auto, z.number().positive()]).optional(),
} as const;
export const Hyperparameters = z.strictObject(hyperparameters);
type Hyperparameters = z.infer<typeof Hyperparameters>;
const DpoHyperparameters = z.strictObject({
  ...hyperparameters,
  beta: z.union([auto, z.number().positive().max(2)]).optional(),
});

const Method = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('supervised'),
    supervised: z.object({ hyperparameters: Hyperparameters.optional() }).nullish(),
  }),
  z.object({
    type: z.literal('dpo'),
    dpo: z.object({ hyperparameters: DpoHyperparameters.optional() }).nullish(),
  }),
]);

type Asked = {
  readonly hyperparameters: Hyperparameters;
  /** input of the recipe's `objective`; null where no method was named */
  readonly objective: Record<string, unknown> | null;
};

/** Throws `invalid_request` with the `param` at fault. */
export const readMethod = (
  method: Record<string, unknown> | null | undefined,
  older: Hyperparameters | null | undefined,
): Asked => {
  if (!method) return { hyperparameters: older ?? {}, objective: null };
  const { success, data, error } = Method.safeParse(method);
  if (success && data.type === 'supervised')
    return { hyperparameters: data.supervised?.hyperparameters ?? older ?? {}, objective: { type: 'sft' } };
  if (success && data.type === 'dpo') {
    const given: z.infer<typeof DpoHyperparameters> = data.dpo?.hyperparameters ?? older ?? {};
    const { beta = 'auto', ...training } = given;
    return { hyperparameters: training, objective: { type: 'dpo', beta } };
  }
  const [issue] = error?.issues ?? [];
  const param = ['method', ...(issue?.path ?? [])].join('.');
  throw new AppError(
    'invalid_request',
    `${param}: ${issue?.message}: supervised and dpo fine-tuning are offered; other objectives go into x_recipe`,
    { param },
  );
};

/** `x_recipe.objective` with what the method says on top of it. Throws `invalid_request` where they contradict. */
export const objectiveOf = (
  given: unknown,
  asked: Asked['objective'],
): Record<string, unknown> | undefined => {
  const ours = given as Record<string, unknown> | undefined; // checked with the whole recipe
  if (asked === null) return ours;
  if (ours === undefined || ours['type'] === 'auto') return asked;
  if (ours['type'] !== asked['type'])
    throw new AppError(
      'invalid_request',
      `method.type asks for ${String(asked['type'])}, x_recipe.objective.type for ${String(ours['type'])}: leave one of them out`,
      { param: 'method.type' },
    );
  return asked['beta'] === 'auto' ? { ...asked, ...ours } : { ...ours, ...asked };
};
