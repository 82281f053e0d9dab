/** `method.init_from` of a command: the folder of an adapter on this machine. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { initFrom } from '../../../shared/contracts/method.ts';
import type { Recipe } from '../../../shared/contracts/recipe.ts';
import { AppError } from '../../../shared/errors.ts';
import { type Continued, continueRecipe } from '../../../shared/plan/continue.ts';

const CONFIG = 'adapter_config.json';

const hintFor = (folder: string): string => {
  const below = join(folder, 'adapter');
  if (existsSync(join(below, CONFIG))) return `The adapter is in ${below}.`;
  if (existsSync(join(folder, 'config.json')))
    return 'A whole model stands there: give it as --base, and leave method.init_from out.';
  return `Name the folder that ${CONFIG} is in, as seen from where the command is run.`;
};

const readFolder = async (folder: string): Promise<Continued> => {
  const path = join(folder, CONFIG);
  const refuse = (problem: string, cause?: unknown): never => {
    throw new AppError('invalid_recipe', `method.init_from: ${problem}`, { cause, hint: hintFor(folder) });
  };
  if (!existsSync(path))
    return refuse(existsSync(folder) ? `${folder} has no ${CONFIG}` : `there is no folder ${folder}`);
  try {
    const config = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
    return { from: folder, at: folder, config };
  } catch (cause) {
    return refuse(`${path} is not JSON`, cause);
  }
};

/** The recipe with the settings of the adapter that it continues, and which these are. Throws `invalid_recipe`. */
export const continued = async (recipe: Recipe): Promise<ReturnType<typeof continueRecipe>> => {
  const from = initFrom(recipe.method);
  return continueRecipe(recipe, from === null ? null : await readFolder(resolve(from)));
};
