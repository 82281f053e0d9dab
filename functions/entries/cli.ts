#!/usr/bin/env node
/** `droptune`. Every command is loaded when it is called, so that `--help` answers at once. */
import type { Command } from './cli/command.ts';

type Entry = { readonly summary: string; load(): Promise<Command> };

const COMMANDS: Readonly<Record<string, Entry>> = {
  serve: {
    summary: 'run the service: API, inbox, local workers',
    load: async () => (await import('./cli/serve.ts')).serve,
  },
  drop: {
    summary: 'put files into the inbox of a running service',
    load: async () => (await import('./cli/drop.ts')).drop,
  },
  jobs: {
    summary: 'list, show, events, cancel, wait: jobs of a running service',
    load: async () => (await import('./cli/jobs.ts')).jobs,
  },
  check: {
    summary: 'what would become of each row of a dataset',
    load: async () => (await import('./cli/check.ts')).check,
  },
  preview: {
    summary: 'the tokens of a row, which of them are learnt, and why',
    load: async () => (await import('./cli/preview.ts')).preview,
  },
  estimate: {
    summary: 'tokens, minutes, memory and money of a job, before it is sent anywhere',
    load: async () => (await import('./cli/estimate.ts')).estimate,
  },
  train: {
    summary: 'one job here and now, without a service',
    load: async () => (await import('./cli/train.ts')).train,
  },
  evaluate: {
    summary: 'test a base model, and an adapter beside it',
    load: async () => (await import('./cli/evaluate.ts')).evaluate,
  },
  generate: {
    summary: 'text from a base model or a tuned one',
    load: async () => (await import('./cli/generate.ts')).generate,
  },
  worker: {
    summary: 'run one attempt of a job: what a machine in the cloud does',
    load: async () => (await import('./cli/worker.ts')).worker,
  },
  deploy: {
    summary: 'what a stack in the cloud would be made of, and what it costs while nothing happens',
    load: async () => (await import('./cli/deploy.ts')).deploy,
  },
  env: {
    summary: 'every variable of the environment and its value',
    load: async () => (await import('./cli/env.ts')).env,
  },
};

const overview = (): string => {
  const lines = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`);
  return [
    'Drop a dataset into a bucket, get back a tested adapter.\n',
    'Usage: droptune COMMAND [options]\n',
    ...lines,
    '\nEvery command takes --json and --help. Exit codes: 0 done, 1 failed, 2 refused input or wrong usage.\n',
  ].join('\n');
};

const unknownCommand = async (name: string, json: boolean): Promise<number> => {
  const { nearest } = await import('./cli/command.ts');
  const { tell } = await import('./cli/failure.ts');
  const { processTerminal } = await import('./cli/terminal.ts');
  const { AppError } = await import('../../shared/errors.ts');
  const meant = nearest(name, Object.keys(COMMANDS));
  const hint = meant ? `Did you mean ${meant}?` : '`droptune --help` lists the commands.';
  const error = new AppError('invalid_request', `There is no command ${JSON.stringify(name)}`, { hint });
  return tell(error, { terminal: processTerminal(process.env), json });
};

const main = async ([name = '', ...argv]: readonly string[]): Promise<number> => {
  if (name === '' || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(overview());
    return name === '' ? 2 : 0;
  }
  const json = argv.includes('--json');
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!entry) return unknownCommand(name, json);
  const { processTerminal } = await import('./cli/terminal.ts');
  const cli = { terminal: processTerminal(process.env), env: process.env, json };
  try {
    const { readArgs, usageOf } = await import('./cli/command.ts');
    const command = await entry.load();
    const args = readArgs(command, argv);
    if (args.help) {
      process.stdout.write(usageOf(command));
      return 0;
    }
    return await command.run(args, cli);
  } catch (error) {
    const { tell } = await import('./cli/failure.ts');
    return tell(error, cli);
  }
};

process.stdout.on('error', () => process.exit(0)); // `droptune … | head` has read enough
// not process.exit: what waits in a pipe would be lost
process.exitCode = await main(process.argv.slice(2));
