import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { Method } from '../../../shared/contracts/method.ts';
import { Recipe } from '../../../shared/contracts/recipe.ts';
import { AppError } from '../../../shared/errors.ts';
import { parseRecipe } from '../../inbox/recipe.ts';
import { type Args, nearest } from './command.ts';

type Tree = { [key: string]: unknown };

/** What people call a method, where it is a setting of another. */
const CALLED: Readonly<Record<string, Tree>> = {
  dora: { type: 'lora', use_dora: true },
  rslora: { type: 'lora', use_rslora: true },
  qlora: { type: 'lora', bits: 4 },
  'lora+': { type: 'lora', loraplus_lr_ratio: 16 }, // the ratio of https://arxiv.org/abs/2402.12354
};
const TYPES = Method.options.map((option) => option.shape.type.value);
export const METHOD_NAMES: readonly string[] = [...TYPES, ...Object.keys(CALLED)];

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `training.n_epochs=2` into the tree. Values are YAML: numbers, booleans, `[a, b]`, text. */
const setKey = (tree: Tree, pair: string): void => {
  const at = pair.indexOf('=');
  if (at < 1)
    throw new AppError('invalid_request', `--set ${pair}`, {
      hint: 'Write --set key=value, e.g. --set training.n_epochs=2',
    });
  const path = pair.slice(0, at).split('.');
  let node = tree;
  for (const key of path.slice(0, -1)) {
    const child = isTree(node[key]) ? node[key] : {};
    node[key] = child;
    node = child;
  }
  node[path.at(-1)!] = parse(pair.slice(at + 1)) as unknown;
};

const named = (method: string): Tree => {
  if (METHOD_NAMES.includes(method)) return CALLED[method] ?? { type: method };
  const meant = nearest(method, METHOD_NAMES);
  throw new AppError('invalid_request', `--method ${method}: there are ${METHOD_NAMES.join(', ')}`, {
    hint: meant ? `Did you mean ${meant}?` : 'The README says what each of them is for.',
  });
};

const fromFile = async (path: string): Promise<Tree> => {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new AppError('invalid_request', `Cannot read the recipe ${path}`, { cause });
  });
  const { error } = parseRecipe(basename(path), text);
  if (error) throw new AppError('invalid_recipe', error.message, { hint: error.hint });
  const tree = parse(text) as unknown;
  return isTree(tree) ? tree : {};
};

/** A JSON Schema that is named by its file comes into the recipe itself; the path is as seen from `folder`. */
const inlineSchema = async (recipe: Recipe, folder: string): Promise<Recipe> => {
  const { schema } = recipe.evaluation;
  if (typeof schema !== 'string') return recipe;
  const path = join(folder, schema);
  try {
    const value = JSON.parse(await readFile(path, 'utf8')) as unknown;
    return Recipe.parse({ ...recipe, evaluation: { ...recipe.evaluation, schema: value } });
  } catch (cause) {
    throw new AppError('invalid_recipe', `evaluation.schema: ${path} is no JSON Schema`, { cause });
  }
};

/** Recipe of `--recipe FILE`, then `--base`, `--method` and every `--set` on top of it.
 *  Throws `invalid_recipe` or `invalid_request`, naming the key. */
export const recipeOf = async (args: Args): Promise<Recipe> => {
  const file = args.text('recipe');
  const tree = file === undefined ? {} : await fromFile(file);
  const base = args.text('base');
  // a folder stays the same one, wherever the job is continued from
  if (base !== undefined) tree['base'] = existsSync(base) ? resolve(base) : base;
  const method = args.text('method');
  if (method !== undefined)
    tree['method'] = { ...(isTree(tree['method']) ? tree['method'] : {}), ...named(method) };
  for (const pair of args.list('set')) setKey(tree, pair);
  if (isTree(tree['method'])) tree['method']['type'] ??= 'lora';
  const parsed = Recipe.safeParse(tree);
  if (parsed.success) return inlineSchema(parsed.data, file === undefined ? '.' : dirname(file));
  const said = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'recipe'}: ${issue.message}`);
  throw new AppError('invalid_recipe', said.join('; '), { hint: 'The README lists every key of a recipe.' });
};
