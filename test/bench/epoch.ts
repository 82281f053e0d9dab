/** One epoch as a whole command, from the start of the process to the adapter on disk, beside TRL's SFTTrainer in its
 *  default setting and in the best one on a CPU. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { hfFolder } from '../helpers/hf-base.ts';
import { type CommandRun, runCommand } from './command.ts';
import { pythonOf, ROOT } from './python.ts';

const OPTIONS = {
  base: { type: 'string', default: 'HuggingFaceTB/SmolLM2-135M-Instruct' },
  data: { type: 'string', default: `${ROOT}infra/local/demo/format/train.jsonl` },
  rows: { type: 'string', default: '96' },
  rank: { type: 'string', default: '16' },
  batch: { type: 'string', default: '8' },
  rate: { type: 'string', default: '5e-4' },
  rounds: { type: 'string', default: '1' },
  /** recipe settings of one more run of ours, e.g. `--set method.bits=8` */
  set: { type: 'string', multiple: true },
  /** of default, fp32, packed */
  peers: { type: 'string', default: 'default,fp32,packed' },
} as const;

const say = (text: string) => process.stderr.write(`${text}\n`);

type Outcome = {
  readonly seconds: number;
  readonly first_step_seconds: number;
  readonly peak_rss_mb: number;
  readonly cpu_seconds: number;
  readonly steps: number;
  readonly tokens: number;
  /** mean loss over the steps, nats a token */
  readonly loss: number;
};

const outcome = (run: CommandRun, steps: readonly { seconds: number; loss: number }[], tokens: number) => ({
  seconds: run.seconds,
  first_step_seconds: steps[0]!.seconds,
  peak_rss_mb: run.peak_rss_mb,
  cpu_seconds: run.cpu_seconds,
  steps: steps.length,
  tokens,
  loss: steps.reduce((sum, { loss }) => sum + loss, 0) / steps.length,
});

type Metrics = { readonly type?: string; readonly line?: { readonly loss: number; readonly tokens: number } };

const ofOurs = (run: CommandRun): Outcome => {
  const lines = run.said.flatMap(({ seconds, value }) => {
    const { type, line } = value as Metrics;
    return type === 'metrics' && line ? [{ seconds, ...line }] : [];
  });
  return outcome(
    run,
    lines,
    lines.reduce((sum, { tokens }) => sum + tokens, 0),
  );
};

type Step = { readonly step?: number; readonly loss?: number; readonly tokens?: number };

const ofTrl = (run: CommandRun): Outcome => {
  const said = run.said.map(({ seconds, value }) => ({ seconds, ...(value as Step) }));
  const steps = said.flatMap(({ seconds, step, loss }) =>
    step === undefined || loss === undefined ? [] : [{ seconds, loss }],
  );
  return outcome(run, steps, said.at(-1)?.tokens ?? 0);
};

type Ask = {
  readonly base: string;
  readonly folder: string;
  readonly data: string;
  readonly out: string;
  readonly rank: number;
  readonly batch: number;
  readonly rate: number;
};

const trainOurs = async (ask: Ask, sets: readonly string[]): Promise<Outcome> => {
  const set = [
    'method.type=lora',
    `method.r=${ask.rank}`,
    `method.lora_alpha=${ask.rank * 2}`,
    'method.target_modules=all-linear',
    'training.n_epochs=1',
    `training.batch_size=${ask.batch}`,
    `training.learning_rate=${ask.rate}`,
    'evaluation.enabled=false',
    'data.held_out=0',
    'data.duplicates=keep',
    ...sets,
  ].flatMap((value) => ['--set', value]);
  const cli = `${ROOT}dist/functions/entries/cli.js`;
  const options = ['--base', ask.base, '--out', ask.out, '--json', ...set];
  return ofOurs(await runCommand([process.execPath, cli, 'train', ask.data, ...options], process.env));
};

const trainTrl = async (python: string, ask: Ask, setting: string): Promise<Outcome> => {
  const { folder: base, data, out, rank, batch, rate } = ask;
  const wanted = JSON.stringify({ base, data, out, rank, alpha: rank * 2, batch, rate, setting });
  const env = { ...process.env, HF_HUB_OFFLINE: '1', HF_DATASETS_CACHE: join(out, 'cache') };
  return ofTrl(await runCommand([python, `${ROOT}test/python/bench_epoch.py`, wanted], env));
};

const HEAD = ['', 'rows/s', 'first step, s', 'all, s', 'CPU, s', 'peak MB', 'steps', 'tokens', 'loss'];

const table = (best: ReadonlyMap<string, Outcome>, rows: number): string =>
  [
    HEAD,
    ...[...best].map(([name, o]) => [
      name,
      (rows / o.seconds).toFixed(2),
      o.first_step_seconds.toFixed(1),
      o.seconds.toFixed(1),
      o.cpu_seconds.toFixed(0),
      o.peak_rss_mb.toFixed(0),
      String(o.steps),
      String(o.tokens),
      o.loss.toFixed(3),
    ]),
  ]
    .map(([name, ...cells]) => name!.padEnd(14) + cells.map((cell) => cell.padStart(14)).join(''))
    .join('\n');

const ratios = (best: ReadonlyMap<string, Outcome>, ours: string) => {
  const own = best.get(ours)!;
  const peers = [...best].filter(([name]) => name.startsWith('trl'));
  return Object.fromEntries(
    peers.map(([name, peer]) => [
      `${ours} ÷ ${name}`,
      {
        rows_per_second: peer.seconds / own.seconds,
        cpu: own.cpu_seconds / peer.cpu_seconds,
        first_step: own.first_step_seconds / peer.first_step_seconds,
        peak_rss: own.peak_rss_mb / peer.peak_rss_mb,
      },
    ]),
  );
};

export const benchEpoch = async (argv: readonly string[]): Promise<object> => {
  const { values } = parseArgs({ args: [...argv], options: OPTIONS });
  const python = pythonOf();
  const scratch = mkdtempSync(join(tmpdir(), 'bench-epoch-'));
  try {
    const lines = readFileSync(resolve(values.data), 'utf8').split('\n').filter(Boolean);
    const rows = lines.slice(0, Number(values.rows));
    const data = join(scratch, 'rows.jsonl');
    writeFileSync(data, `${rows.join('\n')}\n`);
    const ask = {
      base: values.base,
      folder: await hfFolder(values.base, process.env),
      data,
      rank: Number(values.rank),
      batch: Number(values.batch),
      rate: Number(values.rate),
    };
    const sides = new Map<string, (out: string) => Promise<Outcome>>();
    sides.set('ours', (out) => trainOurs({ ...ask, out }, []));
    const { set } = values;
    if (set) sides.set(`ours, ${set.join(' ')}`, (out) => trainOurs({ ...ask, out }, set));
    for (const setting of values.peers.split(',').filter(Boolean))
      sides.set(`trl ${setting}`, (out) => trainTrl(python, { ...ask, out }, setting));

    const best = new Map<string, Outcome>();
    for (let round = 0; round < Number(values.rounds); round++)
      for (const [name, run] of sides) {
        const out = join(scratch, `${round} ${name.replaceAll(/\W+/g, '-')}`);
        mkdirSync(out);
        const found = await run(out);
        say(`round ${round + 1}, ${name}: ${found.seconds.toFixed(1)} s, ${found.peak_rss_mb.toFixed(0)} MB`);
        if (found.seconds < (best.get(name)?.seconds ?? Infinity)) best.set(name, found);
      }
    say(`\n${table(best, rows.length)}`);
    const own = [...best.keys()].filter((name) => name.startsWith('ours'));
    const ratio = Object.assign({}, ...own.map((name) => ratios(best, name))) as object;
    return { rows: rows.length, best: Object.fromEntries(best), ratio };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
};
