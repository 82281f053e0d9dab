/** A job that continues an adapter: it has the adapter's settings, and begins with its values. */
import { existsSync } from 'node:fs';
import { initFrom, ResolvedMethod } from '../../shared/contracts/method.ts';
import { AppError } from '../../shared/errors.ts';
import { continueMethod } from '../../shared/plan/continue.ts';
import type { Model } from '../models/model.ts';
import type { Parameters } from '../runtime/parameters.ts';
import { readMethod } from '../runtime/read-tuned.ts';
import { take } from '../runtime/tensors.ts';
import { type AdapterFile, readAdapter } from '../weights/peft.ts';
import type { Plan } from './contract.ts';

/** The adapter that a plan continues, null where it begins anew. Throws `invalid_recipe` where there is none. */
export const readContinued = ({ recipe: { method } }: Plan): AdapterFile | null => {
  const folder = initFrom(method);
  if (folder === null) return null;
  if (existsSync(folder)) return readAdapter(folder);
  throw new AppError('invalid_recipe', `method.init_from: there is no folder ${folder}`);
};

/** The plan with the settings of the adapter that it continues. */
export const withSettingsOf = (plan: Plan, { dir: from, config }: AdapterFile): Plan => {
  const { method } = continueMethod(ResolvedMethod, plan.recipe.method, { from, config });
  return { ...plan, recipe: { ...plan.recipe, method } };
};

/** Gives the values of the adapter to a method on the model. Throws `unsupported_model` where they do not fit it. */
export const takeContinued = (parameters: Parameters, file: AdapterFile, model: Model): void => {
  readMethod(file, model); // an adapter that asks for other arithmetic is refused
  try {
    take(parameters, file.tensors);
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause;
    const trained = file.config['base_model_name_or_path'];
    throw new AppError(cause.code, `method.init_from: ${file.dir}: ${cause.message}`, {
      cause,
      hint: `It was trained on ${String(trained)}: continue it on that base`,
    });
  }
};

/** What lineage calls the adapter that a plan continues, null where it begins anew. */
export const continuedName = ({ recipe, continues }: Plan): string | null =>
  continues ?? initFrom(recipe.method);
