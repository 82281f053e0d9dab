import { writeFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { Recipe } from '../../../shared/contracts/recipe.ts';
import type { Sink } from '../../../shared/dataset/check.ts';
import { describeReport } from '../../../shared/dataset/describe.ts';
import { datasetPage, type DatasetPage } from '../../../shared/dataset/report/page.ts';
import { portraitist } from '../../../shared/dataset/report/portrait.ts';
import { describeFix } from '../../../shared/dataset/fix/describe.ts';
import { AppError } from '../../../shared/errors.ts';
import { factsOf, resolveRecipe } from '../../../shared/plan/recipe.ts';
import type { Args, Cli, Command } from './command.ts';
import { fixFiles } from './fix.ts';
import { checkFiles, type InputFile } from './front-door.ts';
import { planHere } from './planned-run.ts';
import { recipeOf } from './recipe-arguments.ts';
import { tokenRows } from './tokens.ts';

const fixedText = ({ report, written }: Awaited<ReturnType<typeof fixFiles>>): string =>
  `${describeFix(report)}\n\nwritten: ${written.join(', ') || 'nothing'}\n\n`;

/** The report, with what is found in the tokens where they are asked for; `see` hears every row. */
const look = async (
  files: readonly InputFile[],
  recipe: Recipe,
  see: Sink | null,
  cli: Cli,
  tokens: boolean,
) => {
  const rows = tokens ? await tokenRows() : null;
  try {
    const sink: Sink | null =
      rows === null
        ? see
        : async (row) => {
            await see?.(row);
            await rows.see(row);
          };
    const report = await checkFiles(files, recipe, sink);
    if (!rows || report.status !== 'ready') return report;
    const found = await rows.problems(resolveRecipe(recipe, report, factsOf(recipe.base)).resolved, cli);
    return { ...report, problems: [...report.problems, ...found] };
  } finally {
    await rows?.remove();
  }
};

const run = async (args: Args, cli: Cli): Promise<number> => {
  const { terminal, json } = cli;
  const [path, valid, html] = [args.positionals[0]!, args.text('valid'), args.text('html')];
  const files = [
    { path, role: 'train' as const },
    ...(valid === undefined ? [] : [{ path: valid, role: 'valid' as const }]),
  ];
  const recipe = await recipeOf(args);
  const out = args.text('fix');
  const fixed = out === undefined ? null : await fixFiles(files, recipe, out);
  if (fixed && !json) terminal.out(fixedText(fixed));
  if (fixed?.files.length === 0)
    throw new AppError('invalid_training_file', 'No row is left that could be trained on', {
      hint: 'The rows and their reasons are in the file beside it',
    });
  const { see, portrait } = portraitist();
  const tokens = args.text('base') !== undefined;
  const report = await look(fixed?.files ?? files, recipe, html === undefined ? null : see, cli, tokens);
  const title = basename(path);
  let plan: DatasetPage['plan'] = null;
  try {
    // throws where the objective does not fit the rows, or the budget is too small
    if (report.status === 'ready') plan = await planHere(recipe, report, { env: cli.env });
  } finally {
    if (html !== undefined) await writeFile(html, datasetPage({ title, report, portrait: portrait(), plan }));
  }
  const whole = fixed ? { ...report, fix: fixed.report } : report;
  terminal.out(json ? `${JSON.stringify(whole)}\n` : `${describeReport(report)}\n`);
  if (html !== undefined) terminal.err(`\npage   ${resolve(html)}\n`);
  return report.status === 'ready' ? 0 : 2;
};

export const check: Command = {
  usage:
    'check FILE|FOLDER [--html OUT] [--valid FILE] [--fix OUT] [--base ID] [--recipe job.yaml] [--set key=value]…',
  summary: 'What would become of each row: shape, problems with line and fix. Exit 0 ready, 2 refused.',
  arguments: { min: 1, max: 1 },
  options: {
    html: { type: 'string', value: 'OUT', help: 'write the report as a page there' },
    valid: { type: 'string', value: 'FILE', help: 'rows to test with' },
    fix: {
      type: 'string',
      value: 'OUT',
      help: 'write the rows mended into this new file, and check that one',
    },
    base: {
      type: 'string',
      value: 'ID',
      help: 'look at the tokens of this base too: what is cut, what is left to learn',
    },
    recipe: { type: 'string', value: 'FILE', help: 'job.yaml that the rows are for' },
    set: {
      type: 'string',
      multiple: true,
      value: 'KEY=VALUE',
      help: 'one key of the recipe, e.g. data.held_out=50',
    },
  },
  run,
};
