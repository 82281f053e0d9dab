/** `npm run demo`: the main job on the embedded default, every station shown as it happens. */
import { readFile, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { NANO } from '../../shared/catalog.ts';
import { AppError } from '../../shared/errors.ts';
import { isFinal } from '../../shared/lifecycle.ts';
import { openLog } from '../../shared/log.ts';
import { packageRoot } from '../../shared/package-root.ts';
import { newSecret } from '../webhooks/secret.ts';
import { type Client, openClient } from './cli/client.ts';
import { type Args, type Cli, type Command, readArgs, usageOf } from './cli/command.ts';
import { tell } from './cli/failure.ts';
import { followJob } from './cli/follow.ts';
import { progressView } from './cli/progress.ts';
import { sampleLines } from './cli/report-table.ts';
import { paint, processTerminal } from './cli/terminal.ts';
import { placeOf, resultText, troubleText } from './cli/watch-job.ts';
import { substituteFor, toldAloud } from './demo/base.ts';
import { openSink, type Received, type Sink } from './demo/sink.ts';
import { readEnv } from './env.ts';
import { type Service, startService } from './node.ts';

const TASKS = ['format', 'knowledge', 'style'];
const WEBHOOK_MS = 30_000;
const SAMPLES = 3;

type Stage = { readonly cli: Cli; readonly client: Client; readonly sink: Sink; say(text: string): void };

const folderOf = (task: string): string => join(packageRoot(), 'infra/local/demo', task);
const recipeOf = async (task: string) =>
  parseDocument(await readFile(join(folderOf(task), 'job.yaml'), 'utf8'));

/** What the recipes say for SmolLM2 and `auto` says for nano, which learns otherwise and spells words in more tokens. */
const OF_THE_BASE = [
  ['training', 'n_epochs'],
  ['training', 'batch_size'],
  ['training', 'learning_rate'],
  ['evaluation', 'max_new_tokens'],
] as const;

/** The task's files, marker last; with another base where one is asked for. */
const filesOf = async (task: string, base: string | undefined) => {
  const folder = folderOf(task);
  const names = (await readdir(folder)).filter((name) => name !== 'job.yaml');
  const recipe = await recipeOf(task);
  if (base !== undefined) recipe.set('base', base);
  if (base === NANO) for (const path of OF_THE_BASE) recipe.deleteIn(path);
  const files = [];
  for (const name of names) files.push({ name, text: await readFile(join(folder, name), 'utf8') });
  return [...files, { name: 'job.yaml', text: recipe.toString() }];
};

/** A folder of its own for every run, so that each is another job with an outbox of its own. */
const dropTask = async ({ client, say }: Stage, task: string, base: string | undefined): Promise<string> => {
  const folder = `${task}-${Date.now().toString(36)}`;
  let job: string | null = null;
  for (const { name, text } of await filesOf(task, base)) {
    const answer = await client.drop('demo', `${folder}/${name}`, text, false);
    say(`dropped ${answer.key} (${answer.bytes} bytes): ${answer.outcome}`);
    job = answer.job;
  }
  if (job === null) throw new AppError('internal', `The drop ${folder} started no job`);
  return job;
};

const watch = async ({ cli, client, sink, say }: Stage, id: string): Promise<number> => {
  const { terminal, json } = cli;
  const view = progressView(terminal);
  const job = await followJob(client, id, {
    event: (event) => {
      if (json) terminal.out(`${JSON.stringify({ type: 'event', event })}\n`);
      if (event.x_event !== 'progressed') view.say(`[${event.x_event}] ${event.message}`);
    },
    look: ({ x_status, x_progress }) => {
      if (x_status === 'running' && x_progress) view.show(x_progress);
    },
    away: () => view.say('The service does not answer; waiting for it'),
  });
  view.close();
  const webhook = await sink.wait(id, WEBHOOK_MS);
  const report = await client.report(id);
  const succeeded = job.x_status === 'succeeded';
  if (json) terminal.out(`${JSON.stringify({ type: 'done', job, report, webhook })}\n`);
  else {
    terminal.out(succeeded ? resultText(job, report, terminal) : await troubleText(client, job, terminal));
    const samples = report?.samples.slice(0, SAMPLES) ?? [];
    for (const sample of samples) terminal.out(`\n${sampleLines(sample, terminal.color)}\n`);
    if (succeeded) terminal.out(`\nopen ${placeOf(job.x_files.outbox)}report.html\n`);
  }
  if (webhook === null) say(`No webhook came within ${WEBHOOK_MS / 1000} s`);
  return succeeded && webhook?.verified === true ? 0 : 1;
};

const heard =
  (say: (text: string) => void) =>
  ({ type, verified }: Received): void =>
    say(
      `[webhook] ${type} arrived; its Standard Webhooks signature ${verified ? 'verifies (functions/webhooks/verify.ts)' : 'DOES NOT VERIFY'}`,
    );

/** What a demonstration that was broken off has left: a job that holds the machine, an endpoint where nobody listens. */
const clearStage = async (client: Client, say: (text: string) => void): Promise<void> => {
  for (const id of await client.webhooks()) await client.removeWebhook(id);
  const { data } = await client.jobs({ limit: 100 });
  for (const job of data.filter(({ x_status }) => !isFinal(x_status))) {
    say(`cancelling ${job.id}, which an earlier demonstration left`);
    await client.cancel(job.id);
  }
};

/** The recipe's own base (undefined) where it can be had, else nano, said aloud. */
const baseOf = async ({ cli, say }: Stage, task: string): Promise<string | undefined> => {
  const wanted = String((await recipeOf(task)).get('base'));
  const substitute = await substituteFor({ wanted, env: cli.env, say });
  if (!substitute) return undefined;
  cli.terminal.err(`${paint(cli.terminal.color)('yellow', toldAloud(substitute))}`);
  if (cli.json) cli.terminal.out(`${JSON.stringify({ type: 'substitute', ...substitute })}\n`);
  return substitute.base;
};

const onService = async (service: Service, args: Args, cli: Cli): Promise<number> => {
  const p = paint(cli.terminal.color);
  const say = (text: string): void => cli.terminal.err(`${p('dim', text)}\n`);
  say(`service on ${service.url}, bucket ${placeOf(service.storage)}, database PGlite`);
  const secret = newSecret();
  const sink = await openSink(secret, heard(say));
  const client = openClient(service.url, service.key);
  await clearStage(client, say);
  const endpoint = await client.addWebhook(sink.url, secret);
  try {
    const stage: Stage = { cli, client, sink, say };
    const task = args.text('task') ?? 'format';
    const base = args.text('base') ?? (await baseOf(stage, task));
    return await watch(stage, await dropTask(stage, task, base));
  } finally {
    await client.removeWebhook(endpoint);
    await sink.close();
  }
};

const demo: Command = {
  usage: 'npm run demo [-- --task format|knowledge|style] [-- --base ID]',
  summary: 'A dataset from drop to tested adapter and signed webhook, on this machine.',
  arguments: { min: 0, max: 0 },
  options: {
    task: {
      type: 'string',
      value: 'NAME',
      help: 'format (a call of a given API), knowledge (private facts) or style',
    },
    base: { type: 'string', value: 'ID', help: 'another base model than the recipe names' },
    home: { type: 'string', value: 'DIR', help: 'database, bucket and model cache (.droptune/demo)' },
  },
  async run(args, cli) {
    const task = args.text('task') ?? 'format';
    if (!TASKS.includes(task))
      throw new AppError('invalid_request', `There is no task ${task}`, {
        hint: `One of ${TASKS.join(', ')}`,
      });
    const DROPTUNE_HOME = resolve(args.text('home') ?? join(readEnv(cli.env).DROPTUNE_HOME, 'demo'));
    // the demonstration is the embedded default, whatever this machine is set up for
    const { HF_ENDPOINT, HF_TOKEN, PYTHON } = cli.env;
    const env = readEnv({ HF_ENDPOINT, HF_TOKEN, PYTHON, DROPTUNE_HOME, PORT: '0' });
    const log = openLog(cli.terminal.err, { json: false });
    const quiet: typeof log = (level, message, facts) =>
      level === 'info' ? undefined : log(level, message, facts);
    const service = await startService(env, { env: cli.env, log: quiet });
    try {
      return await onService(service, args, { ...cli, env: { ...cli.env, DROPTUNE_HOME } });
    } finally {
      await service.close();
    }
  },
};

const main = async (argv: readonly string[]): Promise<number> => {
  const cli: Cli = {
    terminal: processTerminal(process.env),
    env: process.env,
    json: argv.includes('--json'),
  };
  try {
    const args = readArgs(demo, argv);
    if (!args.help) return await demo.run(args, cli);
    cli.terminal.out(usageOf(demo));
    return 0;
  } catch (error) {
    return tell(error, cli);
  }
};

process.exitCode = await main(process.argv.slice(2));
