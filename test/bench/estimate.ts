/** What `estimate --probe` foretells beside what `train` then takes: tokens, operations, memory and minutes. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Estimate } from '../../shared/contracts/estimate.ts';
import { RunReport } from '../../shared/contracts/report.ts';
import { packageRoot } from '../../shared/package-root.ts';
import { droptune, lastOf, sets } from './droptune.ts';

type Case = {
  readonly base: string;
  readonly task: string;
  readonly rows: number;
  readonly set: Readonly<Record<string, unknown>>;
};
const SMOL = 'HuggingFaceTB/SmolLM2-135M-Instruct';
const CASES: readonly Case[] = [
  { base: 'nano', task: 'format', rows: 200, set: {} },
  { base: 'nano', task: 'style', rows: 200, set: { 'method.type': 'full', 'training.n_epochs': 4 } },
  { base: 'nano', task: 'knowledge', rows: 120, set: { 'evaluation.samples': 0, 'training.batch_size': 4 } },
  { base: SMOL, task: 'format', rows: 64, set: { 'training.n_epochs': 2, 'evaluation.samples': 16 } },
  { base: SMOL, task: 'style', rows: 64, set: { 'training.n_epochs': 3, 'evaluation.samples': 0 } },
  {
    base: SMOL,
    task: 'knowledge',
    rows: 48,
    set: { 'training.n_epochs': 2, 'method.type': 'ia3', 'evaluation.samples': 8 },
  },
  {
    base: SMOL,
    task: 'format',
    rows: 48,
    set: { 'training.n_epochs': 2, 'method.r': 64, 'evaluation.enabled': false },
  },
  {
    base: SMOL,
    task: 'knowledge',
    rows: 64,
    set: { 'training.n_epochs': 2, 'training.packing': false, 'evaluation.samples': 0 },
  },
];

const say = (text: string) => process.stderr.write(`${text}\n`);
const percent = (ratio: number): string => `${((ratio - 1) * 100).toFixed(1)} %`;

const tryCase = async ({ base, task, rows, set }: Case, scratch: string) => {
  const lines = readFileSync(join(packageRoot(), 'infra/local/demo', task, 'train.jsonl'), 'utf8').split(
    '\n',
  );
  const data = join(scratch, 'rows.jsonl');
  writeFileSync(data, lines.slice(0, rows).join('\n'));
  const args = [data, '--base', base, ...sets(set)];
  const said = await droptune('estimate', ...args, '--probe');
  const { work, offers } = Estimate.parse(said.said.at(-1)!.value);
  const local = offers.find(({ launcher }) => launcher === 'local')!;
  const out = join(scratch, 'out');
  const run = await droptune('train', ...args, '--out', out);
  const { figures } = RunReport.parse(lastOf(run, 'result')['report']);
  rmSync(out, { recursive: true, force: true });
  const ratios = {
    tokens: work.tokens.total / Number(figures['trained_tokens']),
    flops: work.flops.train / Number(figures['train_flops']),
    memory: work.bytes.memory / 1e6 / Number(figures['peak_rss_mb']),
    minutes: local.minutes.likely / (run.seconds / 60),
  };
  const words = Object.entries(ratios).map(([key, ratio]) => `${key} ${percent(ratio)}`);
  say(
    `${base} ${task} ${rows} ${JSON.stringify(set)}: ${words.join(', ')}; took ${run.seconds.toFixed(0)} s`,
  );
  return { base, task, rows, set, ratios, seconds: run.seconds };
};

export const benchEstimate = async (argv: readonly string[]): Promise<object> => {
  const { values } = parseArgs({ args: [...argv], options: { only: { type: 'string', default: '' } } });
  const scratch = mkdtempSync(join(tmpdir(), 'bench-estimate-'));
  try {
    const cases: Awaited<ReturnType<typeof tryCase>>[] = [];
    for (const one of CASES) if (one.base.includes(values.only)) cases.push(await tryCase(one, scratch));
    const within = (key: keyof (typeof cases)[number]['ratios'], share: number): number =>
      cases.filter(({ ratios }) => Math.abs(ratios[key] - 1) <= share).length;
    const counts = {
      tokens: within('tokens', 0.01),
      flops: within('flops', 0.05),
      memory: within('memory', 0.2),
      minutes: within('minutes', 0.25),
    };
    return { cases, within: counts, of: cases.length };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
};
