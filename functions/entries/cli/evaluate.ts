import { mkdtemp, rm } from 'node:fs/promises';
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isUsed } from '../../../shared/contracts/row.ts';
import { RunReport } from '../../../shared/contracts/report.ts';
import { describeReport } from '../../../shared/dataset/describe.ts';
import { reasonsOf } from '../../../shared/dataset/tally.ts';
import { jsonLine } from '../../../shared/jsonl.ts';
import { runWorkerProgram } from './child.ts';
import { type Args, type Cli, type Command, need } from './command.ts';
import { checkFiles } from './front-door.ts';
import { recipeOf } from './recipe-arguments.ts';
import { failureText, relay } from './relay.ts';
import { reportTable, sampleLines, verdictLine } from './report-table.ts';

const SAMPLES = 3;
/** What speaks against training on a file, and not against testing with it. */
const HARMLESS = new Set(['too_few_rows', 'one_label']);

/** Every usable row of the file as a line `{line, row}`. Null where the file is refused. */
const writeRows = async (args: Args, path: string, { terminal }: Cli): Promise<true | null> => {
  const file = createWriteStream(path);
  const recipe = await recipeOf(args);
  let rows = 0;
  const report = await checkFiles(
    [{ path: args.positionals[0]!, role: 'train' }],
    recipe,
    async ({ line, fate, row }) => {
      if (row === null || !isUsed(fate)) return;
      rows += 1;
      if (!file.write(jsonLine({ line, row }))) await once(file, 'drain');
    },
  );
  file.end();
  await once(file, 'close');
  if (rows > 0 && reasonsOf(report).every(({ code }) => HARMLESS.has(code))) return true;
  terminal.err(`${describeReport(report)}\n`);
  return null;
};

const optionsOf = (args: Args): string[] =>
  ['adapter', 'schema', 'samples', 'max-new-tokens'].flatMap((name) => {
    const value = args.text(name);
    return value === undefined ? [] : [`--${name}`, value];
  });

const tell = (report: RunReport, { terminal }: Cli): void => {
  const { color } = terminal;
  terminal.out(`\n${reportTable(report, color)}\n`);
  for (const sample of report.samples.slice(0, SAMPLES)) terminal.out(`\n${sampleLines(sample, color)}\n`);
  terminal.out(`\n${verdictLine(report, color)}\n`);
};

const run = async (args: Args, cli: Cli): Promise<number> => {
  const base = need(args, 'base');
  const work = await mkdtemp(join(tmpdir(), 'droptune-'));
  try {
    const rows = join(work, 'rows.jsonl');
    if (!(await writeRows(args, rows, cli))) return 2;
    const kept = args.text('out');
    const out = kept === undefined ? join(work, 'out') : resolve(kept);
    const { line, text, close, last } = relay(cli);
    const code = await runWorkerProgram({
      args: ['evaluate', '--base', base, '--rows', rows, '--out', out, ...optionsOf(args)],
      env: cli.env,
      line,
      text,
    });
    close();
    const report = RunReport.safeParse(last('done')?.['report']);
    if (!cli.json && code === 0 && report.success) tell(report.data, cli);
    if (!cli.json && kept !== undefined && code === 0)
      cli.terminal.out(`\nreport   ${join(out, 'report.html')}\n`);
    const failed = last('failed');
    if (failed && !cli.json) cli.terminal.err(failureText(failed));
    return code;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
};

export const evaluate: Command = {
  usage: 'evaluate --base ID [--adapter DIR] FILE [--schema FILE] [--out DIR]',
  summary: 'Test a base model, and an adapter beside it, on every usable row of a file.',
  arguments: { min: 1, max: 1 },
  options: {
    base: { type: 'string', value: 'ID', help: 'name in the catalog, a folder, or a .gguf file' },
    adapter: { type: 'string', value: 'DIR', help: 'folder of an adapter' },
    schema: { type: 'string', value: 'FILE', help: 'JSON Schema that answers must meet' },
    samples: { type: 'string', value: 'N', help: 'rows that are answered by generation (100)' },
    'max-new-tokens': { type: 'string', value: 'N', help: 'of an answer (128)' },
    out: { type: 'string', value: 'DIR', help: 'keep report.html, report.json and predictions.jsonl there' },
  },
  run,
};
