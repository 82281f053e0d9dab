/** A method that continues an adapter has the settings of that adapter: what they mean for its values cannot change. Pure. */
import type { z } from 'zod';
import { adapterType, Method, type ResolvedMethod } from '../contracts/method.ts';
import type { Reason, Recipe } from '../contracts/recipe.ts';
import { AppError } from '../errors.ts';

/** An adapter as its adapter_config.json describes it. */
export type Continued = {
  /** as a reader knows it */
  readonly from: string;
  /** folder or URI that a worker takes it from */
  readonly at: string;
  readonly config: Readonly<Record<string, unknown>>;
};

const targets = 'target_modules';
/** Settings that say what an adapter's values are, under the names that recipe and file share. */
const SETTINGS = {
  lora: [
    'r',
    'lora_alpha',
    targets,
    'rank_pattern',
    'alpha_pattern',
    'use_rslora',
    'use_dora',
    'lora_bias',
    'modules_to_save',
  ],
  oft: ['oft_block_size', 'num_cayley_neumann_terms', targets],
  ia3: [targets, 'feedforward_modules'],
  prefix: ['num_virtual_tokens'],
  prompt: ['num_virtual_tokens'],
  bottleneck: [targets, 'bottleneck_size', 'activation'],
  vera: ['r', 'd_initial', 'projection_prng_key', targets],
} as const satisfies Record<Exclude<Method['type'], 'full'>, readonly string[]>;

const refuse = (message: string): never => {
  throw new AppError('invalid_recipe', `method.init_from: ${message}`, { param: 'method.init_from' });
};

const plain = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.toSorted(); // names of modules: a set
  if (typeof value === 'object' && value !== null) return Object.entries(value).toSorted();
  return value;
};
const same = (a: unknown, b: unknown): boolean => JSON.stringify(plain(a)) === JSON.stringify(plain(b));

type Settings = Readonly<Record<string, unknown>>;

/** `method` with the settings of the adapter that it continues wherever it leaves them to their defaults; the reasons say
 *  which. Throws `invalid_recipe` where the adapter is of another method, or the method asks for something else. */
export const continueMethod = <M extends Method | ResolvedMethod>(
  schema: z.ZodType<M>,
  method: M,
  { from, config }: Pick<Continued, 'from' | 'config'>,
): { readonly method: M; readonly reasons: readonly Reason[] } => {
  const type = adapterType(config);
  if (type === null || type !== method.type)
    return refuse(
      `${from} holds an adapter of the method ${type ?? JSON.stringify(config['peft_type'] ?? null)}, the recipe's is ${method.type}: set method.type to that of the adapter, or name another one`,
    );
  const [asked, usual]: Settings[] = [method, Method.parse({ type })];
  const taken = SETTINGS[type]
    .map((key) => ({ key, has: config[key] ?? usual![key], wants: asked![key] }))
    .filter(({ has, wants }) => !same(has, wants));
  const against = taken.filter(({ key, wants }) => !same(wants, usual![key]));
  if (against.length > 0) {
    const said = against.map(
      ({ key, has, wants }) => `${key} ${JSON.stringify(has)}, the recipe ${JSON.stringify(wants)}`,
    );
    return refuse(`the adapter in ${from} has ${said.join('; ')}: leave them out of the recipe`);
  }
  const merged = schema.safeParse({
    ...method,
    ...Object.fromEntries(taken.map(({ key, has }) => [key, has])),
  });
  if (!merged.success) {
    const said = merged.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    return refuse(`the adapter in ${from} has settings that cannot be trained here: ${said.join('; ')}`);
  }
  const why = 'as the adapter has it that is continued';
  return {
    method: merged.data,
    reasons: taken.map(({ key, has }) => ({ key: `method.${key}`, value: has, why })),
  };
};

/** The recipe whose method continues the adapter that was found; as it is where there is none. */
export const continueRecipe = (
  recipe: Recipe,
  found: Continued | null,
): { readonly recipe: Recipe; readonly reasons: readonly Reason[] } => {
  if (!found) return { recipe, reasons: [] };
  const { method, reasons } = continueMethod(Method, recipe.method, found);
  return { recipe: { ...recipe, method: Method.parse({ ...method, init_from: found.at }) }, reasons };
};
