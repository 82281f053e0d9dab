/** `job.yaml` → recipe, or what is wrong in which line. */
import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { Failure } from '../../shared/contracts/event.ts';
import { Recipe } from '../../shared/contracts/recipe.ts';

export type ParsedRecipe =
  | { readonly recipe: Recipe; readonly error: null }
  | { readonly recipe: null; readonly error: Failure };

const HINT =
  'Mend the file and drop it again. Every key is optional; the README lists them with their values.';

export const recipeError = (message: string): Failure => ({
  code: 'invalid_recipe',
  message,
  param: null,
  hint: HINT,
  log_tail: null,
});

/** An unknown key is reported on the object that holds it. */
const pathOf = (issue: z.core.$ZodIssue): PropertyKey[] =>
  issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path;

/** Nothing in the file is the default recipe. Messages name file, line and key. */
export const parseRecipe = (file: string, text: string): ParsedRecipe => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [broken] = document.errors;
  if (broken) {
    const { line } = lines.linePos(broken.pos[0]);
    return { recipe: null, error: recipeError(`${file}:${line}: ${broken.message.split('\n')[0]}`) };
  }
  const parsed = Recipe.safeParse(document.toJS() ?? {});
  if (parsed.success) return { recipe: parsed.data, error: null };

  const lineOf = (path: readonly PropertyKey[]): number => {
    for (let n = path.length; n > 0; n--) {
      const node = document.getIn(path.slice(0, n), true) as { range?: [number, number, number] } | undefined;
      if (node?.range) return lines.linePos(node.range[0]).line;
    }
    return 1;
  };
  const said = parsed.error.issues.slice(0, 5).map((issue) => {
    const path = pathOf(issue);
    return `${file}:${lineOf(path)}: ${path.join('.') || '(the file)'}: ${issue.message}`;
  });
  return { recipe: null, error: recipeError(said.join('; ')) };
};
