import { writeFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { describeReport } from '../../../shared/dataset/describe.ts';
import { datasetPage, type DatasetPage } from '../../../shared/dataset/report/page.ts';
import { portraitist } from '../../../shared/dataset/report/portrait.ts';
import type { Command } from './command.ts';
import { checkFiles } from './front-door.ts';
import { planHere } from './planned-run.ts';
import { recipeOf } from './recipe-arguments.ts';

export const check: Command = {
  usage: 'check FILE|FOLDER [--html OUT] [--valid FILE] [--recipe job.yaml] [--set key=value]…',
  summary: 'What would become of each row: shape, problems with line and fix. Exit 0 ready, 2 refused.',
  arguments: { min: 1, max: 1 },
  options: {
    html: { type: 'string', value: 'OUT', help: 'write the report as a page there' },
    valid: { type: 'string', value: 'FILE', help: 'rows to test with' },
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
    const { see, portrait } = portraitist();
    const report = await checkFiles(files, recipe, html === undefined ? null : see);
    const title = basename(path);
    let plan: DatasetPage['plan'] = null;
    try {
      // throws where the objective does not fit the rows, or the budget is too small
      if (report.status === 'ready') plan = await planHere(recipe, report, { env });
    } finally {
      if (html !== undefined)
        await writeFile(html, datasetPage({ title, report, portrait: portrait(), plan }));
    }
    terminal.out(json ? `${JSON.stringify(report)}\n` : `${describeReport(report)}\n`);
    if (html !== undefined) terminal.err(`\npage   ${resolve(html)}\n`);
    return report.status === 'ready' ? 0 : 2;
  },
};
