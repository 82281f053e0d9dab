import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { parse } from 'yaml';
import { AppError } from '../../../shared/errors.ts';
import { readEnv } from '../env.ts';
import { type Client, findService } from './client.ts';
import type { Cli, Command } from './command.ts';
import { watchJob } from './watch-job.ts';

type Put = { readonly path: string; readonly from: string };

const refuse = (message: string, hint: string): never => {
  throw new AppError('invalid_request', message, { hint });
};

const needFile = async (path: string): Promise<void> => {
  const found = await stat(path).catch(() => null);
  if (!found?.isFile())
    refuse(
      `There is no file ${path}`,
      'Give the path of a dataset: .jsonl, .json, .csv, .xlsx, .parquet, .txt or a .zip of them',
    );
};

/** The schema file that a recipe names beside itself, null where it names none. */
const schemaOf = async (recipe: string): Promise<string | null> => {
  const text = await readFile(recipe, 'utf8');
  const schema = ((): unknown => {
    try {
      return (parse(text) as { evaluation?: { schema?: unknown } } | null)?.evaluation?.schema;
    } catch {
      return null; // the service says what is wrong with the recipe, with its line
    }
  })();
  return typeof schema === 'string' ? schema : null;
};

const stemOf = (file: string): string => file.split('.')[0] || file;
const suffixOf = (file: string): string => file.slice(stemOf(file).length);

/** A folder: `train.*`, the schema that the recipe names, and last the marker that starts it. */
const folderOf = async (files: readonly string[], recipe: string, valid: string | undefined) => {
  const [file = ''] = files;
  if (files.length > 1) refuse('--recipe goes with one file', 'Drop them one by one, each with its recipe');
  await needFile(recipe);
  const schema = await schemaOf(recipe);
  const train = { path: `train${suffixOf(basename(file))}`, from: file };
  const test = valid === undefined ? [] : [{ path: `valid${suffixOf(basename(valid))}`, from: valid }];
  const beside =
    schema === null ? [] : [{ path: schema.replace(/^\.\//, ''), from: join(dirname(recipe), schema) }];
  const puts: Put[] = [train, ...test, ...beside, { path: 'job.yaml', from: recipe }];
  for (const { from } of puts) await needFile(from);
  return { name: stemOf(basename(file)), puts };
};

const put = async (client: Client, project: string, path: string, from: string, again = false) => {
  const { size } = await stat(from);
  const body = size === 0 ? '' : (Readable.toWeb(createReadStream(from)) as ReadableStream);
  return client.drop(project, path, body, again);
};

type Wish = { readonly project: string; readonly again: boolean };

/** Answers of the puts that may start a job. */
const dropFolder = async (
  client: Client,
  { name, puts }: { name: string; puts: readonly Put[] },
  { project, again }: Wish,
) => {
  const folder = again ? `${name}-${Date.now().toString(36)}` : name;
  // what an earlier drop left there would start with the new rows and the old recipe
  await client.clear(project, folder);
  let last = null;
  for (const { path, from } of puts) last = await put(client, project, `${folder}/${path}`, from);
  return last ? [last] : [];
};

const dropFiles = async (client: Client, files: readonly string[], { project, again }: Wish) => {
  const answers = [];
  for (const file of files) answers.push(await put(client, project, basename(file), file, again));
  return answers;
};

const OUTCOMES: Readonly<Record<string, string>> = {
  started: 'started',
  duplicate: 'the same bytes were dropped before; --again makes another job. The first one is',
};

const run = async (args: Parameters<Command['run']>[0], cli: Cli): Promise<number> => {
  const { terminal, json } = cli;
  const recipe = args.text('recipe');
  const valid = args.text('valid');
  if (valid !== undefined && recipe === undefined)
    refuse('--valid needs --recipe', 'A test file belongs into a folder with its recipe');
  for (const file of args.positionals) await needFile(file);
  const wish = { project: args.text('project') ?? 'default', again: args.on('again') };
  const folder = recipe === undefined ? null : await folderOf(args.positionals, recipe, valid);
  const client = await findService(readEnv(cli.env));
  const answers = await (folder
    ? dropFolder(client, folder, wish)
    : dropFiles(client, args.positionals, wish));
  let code = 0;
  for (const answer of answers) {
    const { outcome, job, key } = answer;
    if (json) terminal.out(`${JSON.stringify(answer)}\n`);
    else
      terminal.err(
        `${key}: ${OUTCOMES[outcome] ?? `${outcome}: ${String(answer['why'] ?? '')}`} ${job ?? ''}\n`,
      );
    if (job === null) code = 2;
    else if (args.on('wait')) code = Math.max(code, await watchJob(client, job, cli));
    else if (!json) terminal.out(`${job}\n`);
  }
  return code;
};

export const drop: Command = {
  usage: 'drop FILE… [--project P] [--recipe job.yaml [--valid FILE]] [--wait] [--again]',
  summary: 'Put datasets into the inbox of a running service. With --wait: exit 0 when the job succeeded.',
  arguments: { min: 1, max: 1000 },
  options: {
    project: { type: 'string', value: 'P', help: 'whose it is (default)' },
    recipe: { type: 'string', value: 'FILE', help: 'job.yaml for this dataset' },
    valid: { type: 'string', value: 'FILE', help: 'rows to test with' },
    wait: { type: 'boolean', help: 'follow the job to its end' },
    again: { type: 'boolean', help: 'another job, though the same bytes were dropped before' },
  },
  run,
};
