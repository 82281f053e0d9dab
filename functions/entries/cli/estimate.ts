import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Estimate, Work } from '../../../shared/contracts/estimate.ts';
import { estimateOf } from '../../../shared/estimate/offers.ts';
import { describeEstimate } from '../../../shared/estimate/describe.ts';
import { jsonBytes } from '../../../shared/json.ts';
import { constrainedBytes } from '../../../shared/memory.ts';
import type { Storage } from '../../../shared/storage/driver.ts';
import { objectUri, openStorage } from '../../../shared/storage/index.ts';
import { readEnv } from '../env.ts';
import { readPrices } from '../prices.ts';
import { runWorkerProgram } from './child.ts';
import { type Args, type Cli, type Command, need } from './command.ts';
import type { InputFile } from './front-door.ts';
import { firstSpec, planRows, ROWS } from './planned-run.ts';
import { METHOD_NAMES } from './recipe-arguments.ts';
import { failureText, relay } from './relay.ts';

const filesOf = (args: Args): InputFile[] => {
  const valid = args.text('valid');
  return [
    { path: args.positionals[0]!, role: 'train' },
    ...(valid === undefined ? [] : [{ path: valid, role: 'valid' as const }]),
  ];
};

/** What the worker counted; null where it failed, which has been told. */
const workOf = async (storage: Storage, home: string, args: Args, cli: Cli): Promise<Work | null> => {
  const { line, text, close, last } = relay({ terminal: cli.terminal, json: false });
  const code = await runWorkerProgram({
    args: ['estimate', objectUri(storage, 'spec.json'), ...(args.on('probe') ? ['--probe'] : [])],
    env: { ...cli.env, DROPTUNE_STORAGE: storage.uri, DROPTUNE_HOME: home },
    line,
    text,
  });
  close();
  const found = Work.safeParse(last('work')?.['work']);
  if (code === 0 && found.success) return found.data;
  cli.terminal.err(failureText(last('failed')));
  return null;
};

const run = async (args: Args, cli: Cli): Promise<number> => {
  need(args, 'base');
  const env = readEnv(cli.env);
  const prices = await readPrices(env);
  const folder = await mkdtemp(join(tmpdir(), 'droptune-'));
  try {
    const storage = openStorage(`file:${folder}`);
    const planned = await planRows(storage, filesOf(args), args, { key: ROWS, cli });
    if (!planned) return 2;
    await storage.write('spec.json', jsonBytes(firstSpec(storage, planned)));
    const work = await workOf(storage, resolve(env.DROPTUNE_HOME), args, cli);
    if (!work) return 1;
    const here = { cores: availableParallelism(), memory: constrainedBytes() };
    const estimate: Estimate = estimateOf(work, prices, here);
    cli.terminal.out(cli.json ? `${JSON.stringify(estimate)}\n` : `${describeEstimate(estimate)}\n`);
    return 0;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

export const estimate: Command = {
  usage: 'estimate FILE --base ID [--probe] [--method M] [--set key=value]… [--valid FILE]',
  summary:
    'Tokens, minutes, memory, money and energy of a job, low to high, on each machine of the price table.',
  arguments: { min: 1, max: 1 },
  options: {
    base: { type: 'string', value: 'ID', help: 'name in the catalog, a folder, or a .gguf file' },
    probe: {
      type: 'boolean',
      help: 'try three steps and sixteen answers here, so that the speed of this machine is known',
    },
    method: { type: 'string', value: 'M', help: `what is trained: ${METHOD_NAMES.join(', ')} (lora)` },
    set: { type: 'string', multiple: true, value: 'KEY=VALUE', help: 'one key of the recipe' },
    valid: { type: 'string', value: 'FILE', help: 'rows to test with' },
    recipe: { type: 'string', value: 'FILE', help: 'a job.yaml to begin with' },
  },
  run,
};
