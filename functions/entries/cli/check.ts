import { describeReport } from '../../../shared/dataset/describe.ts';
import { resolveRecipe } from '../../../shared/plan/recipe.ts';
import type { Command } from './command.ts';
import { checkFiles } from './front-door.ts';
import { recipeOf } from './recipe-arguments.ts';

export const check: Command = {
  usage: 'check FILE|FOLDER [--valid FILE] [--recipe job.yaml] [--set key=value]…',
  summary: 'What would become of each row: shape, problems with line and fix. Exit 0 ready, 2 refused.',
  arguments: { min: 1, max: 1 },
  options: {
    valid: { type: 'string', value: 'FILE', help: 'rows to test with' },
    recipe: { type: 'string', value: 'FILE', help: 'job.yaml that the rows are for' },
    set: {
      type: 'string',
      multiple: true,
      value: 'KEY=VALUE',
      help: 'one key of the recipe, e.g. data.held_out=50',
    },
  },
  async run(args, { terminal, json }) {
    const valid = args.text('valid');
    const files = [
      { path: args.positionals[0]!, role: 'train' as const },
      ...(valid === undefined ? [] : [{ path: valid, role: 'valid' as const }]),
    ];
    const recipe = await recipeOf(args);
    const report = await checkFiles(files, recipe);
    if (report.status === 'ready') resolveRecipe(recipe, report); // throws where the objective does not fit the rows
    terminal.out(json ? `${JSON.stringify(report)}\n` : `${describeReport(report)}\n`);
    return report.status === 'ready' ? 0 : 2;
  },
};
