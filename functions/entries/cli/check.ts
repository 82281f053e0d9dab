import { writeFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { describeReport } from '../../../shared/dataset/describe.ts';
import { datasetPage, type DatasetPage } from '../../../shared/dataset/report/page.ts';
import { portraitist } from '../../../shared/dataset/report/portrait.ts';
import { describeFix } from '../../../shared/dataset/fix/describe.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Command } from './command.ts';
import { fixFiles } from './fix.ts';
import { checkFiles } from './front-door.ts';
import { planHere } from './planned-run.ts';
import { recipeOf } from './recipe-arguments.ts';

const fixedText = ({ report, written }: Awaited<ReturnType<typeof fixFiles>>): string =>
  `${describeFix(report)}\n\nwritten: ${written.join(', ') || 'nothing'}\n\n`;

export const check: Command = {
  usage: 'check FILE|FOLDER [--html OUT] [--valid FILE] [--fix OUT] [--recipe job.yaml] [--set key=value]…',
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
    recipe: { type: 'string', value: 'FILE', help: 'job.yaml that the rows are for' },
    set: {
      type: 'string',
      multiple: true,
      value: 'KEY=VALUE',
      help: 'one key of the recipe, e.g. data.held_out=50',
    },
  },
  async run(args, { terminal, env, json }) {
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
    const report = await checkFiles(fixed?.files ?? files, recipe, html === undefined ? null : see);
    const title = basename(path);
    let plan: DatasetPage['plan'] = null;
    try {
      // throws where the objective does not fit the rows, or the budget is too small
      if (report.status === 'ready') plan = await planHere(recipe, report, { env });
    } finally {
      if (html !== undefined)
        await writeFile(html, datasetPage({ title, report, portrait: portrait(), plan }));
    }
    const whole = fixed ? { ...report, fix: fixed.report } : report;
    terminal.out(json ? `${JSON.stringify(whole)}\n` : `${describeReport(report)}\n`);
    if (html !== undefined) terminal.err(`\npage   ${resolve(html)}\n`);
    return report.status === 'ready' ? 0 : 2;
  },
};
