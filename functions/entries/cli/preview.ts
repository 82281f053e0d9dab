import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { tmpdir } from 'node:os';
import type { DatasetReport } from '../../../shared/contracts/dataset.ts';
import {
  type Preview,
  PreviewLengths,
  PreviewRow,
  type PreviewInput,
} from '../../../shared/contracts/preview.ts';
import type { Recipe } from '../../../shared/contracts/recipe.ts';
import { type AccountedRow, isUsed } from '../../../shared/contracts/row.ts';
import { reasonsOf } from '../../../shared/dataset/tally.ts';
import { AppError, ERRORS, type ErrorCode } from '../../../shared/errors.ts';
import { jsonLine } from '../../../shared/jsonl.ts';
import { factsOf, resolveRecipe } from '../../../shared/plan/recipe.ts';
import { previewPage } from '../../../shared/text/preview/page.ts';
import { runWorkerProgram } from './child.ts';
import { type Args, type Cli, type Command, need } from './command.ts';
import { checkFiles } from './front-door.ts';
import { describePreview } from './preview-text.ts';
import { recipeOf } from './recipe-arguments.ts';
import { relay } from './relay.ts';

const FIRST = 3; // rows that are shown where none is asked for

/** The row asked for, from 1; null = the first few. */
const wantedRow = (args: Args): number | null => {
  const text = args.text('row');
  if (text === undefined) return null;
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new AppError('invalid_request', `--row ${text}`, { hint: 'Rows count from 1: --row 3' });
};

type Written = { readonly report: DatasetReport; readonly shown: readonly number[] };

const noSuchRow = (number: number, { rows }: DatasetReport): AppError =>
  new AppError('invalid_request', `There is no row ${number}`, { hint: `The file has ${rows.in} rows.` });

const noRow = ({ line, file, reason }: AccountedRow, { problems }: DatasetReport): AppError => {
  const problem = problems.find(({ code }) => code === reason);
  return new AppError(
    'invalid_request',
    `${file}, line ${line} cannot be read as a row: ${problem?.message ?? reason}`,
    { hint: problem?.fix },
  );
};

/** Writes the row asked for, or all rows that training uses, as lines that the worker reads. */
const writeRows = async (
  args: Args,
  recipe: Recipe,
  path: string,
  wanted: number | null,
): Promise<Written> => {
  const out = createWriteStream(path);
  const shown: number[] = [];
  let [number, found]: [number, AccountedRow | null] = [0, null];
  const report = await checkFiles([{ path: args.positionals[0]!, role: 'train' }], recipe, async (row) => {
    number += 1;
    if (wanted !== null && number !== wanted) return;
    if (wanted !== null) found = row;
    if (row.row === null || (wanted === null && !isUsed(row.fate))) return;
    if (shown.length < FIRST) shown.push(number);
    const input: PreviewInput = { number, ...row, row: row.row };
    if (!out.write(jsonLine(input))) await once(out, 'drain');
  });
  out.end();
  await once(out, 'close');
  if (wanted !== null && !found) throw noSuchRow(wanted, report);
  if (found && shown.length === 0) throw noRow(found, report);
  return { report, shown };
};

type Ask = Pick<Preview, 'base' | 'objective' | 'max_length'> & {
  readonly path: string;
  readonly shown: readonly number[];
  readonly lengths: boolean;
};

/** Rows as the worker reads them. Throws what it failed with. */
const askWorker = async (ask: Ask, cli: Cli): Promise<Pick<Preview, 'rows' | 'lengths'>> => {
  const rows: PreviewRow[] = [];
  const view = relay({ terminal: cli.terminal, json: false });
  const { base, path, objective, max_length, shown, lengths } = ask;
  const asked = [
    'preview',
    '--base',
    base,
    '--rows',
    path,
    '--objective',
    objective,
    '--max-length',
    `${max_length}`,
  ];
  const code = await runWorkerProgram({
    args: [...asked, '--show', shown.join(','), ...(lengths ? ['--lengths'] : [])],
    env: cli.env,
    line(value) {
      view.line(value);
      if (value['type'] === 'row') rows.push(PreviewRow.parse(value['row']));
    },
    text: () => undefined, // what failed is said by its last line
  });
  view.close();
  if (code === 0)
    return { rows, lengths: lengths ? PreviewLengths.parse(view.last('lengths')?.['lengths']) : null };
  const failed = view.last('failed');
  const said = String(failed?.['code']);
  throw new AppError(
    Object.hasOwn(ERRORS, said) ? (said as ErrorCode) : 'engine_failed',
    String(failed?.['message'] ?? 'The worker ended early'),
  );
};

const run = async (args: Args, cli: Cli): Promise<number> => {
  need(args, 'base');
  const wanted = wantedRow(args);
  const recipe = await recipeOf(args);
  const work = await mkdtemp(join(tmpdir(), 'droptune-preview-'));
  try {
    const path = join(work, 'rows.jsonl');
    const { report, shown } = await writeRows(args, recipe, path, wanted);
    for (const { code, message } of reasonsOf(report))
      cli.terminal.err(`The dataset would be refused: ${code}: ${message}\n`);
    if (shown.length === 0) return 2;
    const { resolved } = resolveRecipe(recipe, report, factsOf(recipe.base));
    const asked = {
      base: resolved.base,
      objective: resolved.objective.type,
      max_length: resolved.training.max_length,
    };
    const answer = await askWorker({ ...asked, path, shown, lengths: wanted === null }, cli);
    const preview: Preview = { version: 1, ...asked, ...answer };
    const html = args.text('html');
    if (html !== undefined)
      await writeFile(resolve(html), previewPage(basename(args.positionals[0]!), preview));
    cli.terminal.out(
      cli.json ? jsonLine(preview) : `${describePreview(preview, cli.terminal, wanted !== null)}\n`,
    );
    if (html !== undefined) cli.terminal.err(`\npage   ${resolve(html)}\n`);
    return 0;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
};

export const preview: Command = {
  usage: 'preview FILE --base ID [--row N] [--html OUT] [--recipe job.yaml] [--set key=value]…',
  summary:
    'The tokens of a row, which of them are learnt, and why. Without --row the first rows, and how long all rows are.',
  arguments: { min: 1, max: 1 },
  options: {
    base: { type: 'string', value: 'ID', help: 'name in the catalog, a folder, or a .gguf file' },
    row: { type: 'string', value: 'N', help: 'the row to show, counted from 1' },
    html: { type: 'string', value: 'OUT', help: 'write the same as a page there' },
    recipe: { type: 'string', value: 'FILE', help: 'job.yaml that the rows are for' },
    set: {
      type: 'string',
      multiple: true,
      value: 'KEY=VALUE',
      help: 'one key of the recipe, e.g. training.max_length=512',
    },
  },
  run,
};
