/** A LoRA step of SmolLM2-135M on our engine beside PyTorch and PEFT: processes take turns, so that both meet the
 *  machine in the same moods. The first step of each process warms it up and is not counted. */
import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { KEEP, type Keep } from '../../gpu-worker/autodiff/partition.ts';
import { ENGINE_ENV } from '../../gpu-worker/engines/index.ts';
import { hfFolder } from '../helpers/hf-base.ts';
import { pythonOf, ROOT } from './python.ts';
import { profileTable, type StepProfile } from './profile.ts';
import { runSide, type StepAsk, type StepResult } from './side.ts';

const OPTIONS = {
  base: { type: 'string', default: 'HuggingFaceTB/SmolLM2-135M-Instruct' },
  tokens: { type: 'string', default: '512' },
  rank: { type: 'string', default: '16' },
  steps: { type: 'string', default: '4' },
  rounds: { type: 'string', default: '3' },
  threads: { type: 'string', default: String(Math.min(2, availableParallelism())) },
  keep: { type: 'string', default: 'products' },
  recompute: { type: 'boolean', default: false },
  profile: { type: 'boolean', default: false },
} as const;

const say = (text: string) => process.stderr.write(`${text}\n`);

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

const summary = (runs: readonly StepResult[], tokens: number) => {
  const ms = runs.flatMap((run) => run.ms.slice(1));
  return {
    best_tokens_per_second: tokens / (Math.min(...ms) / 1000),
    median_tokens_per_second: tokens / (median(ms) / 1000),
    peak_rss_mb: Math.max(...runs.map((run) => run.peak_rss_mb)),
    trained: runs[0]!.trained,
    first_loss: runs[0]!.losses[0]!,
    ms,
  };
};
type Summary = ReturnType<typeof summary>;

const table = (sides: Readonly<Record<string, Summary>>): string =>
  [
    ['', 'best tok/s', 'median tok/s', 'peak MB', 'trained'],
    ...Object.entries(sides).map(([name, s]) =>
      [name, s.best_tokens_per_second, s.median_tokens_per_second, s.peak_rss_mb, s.trained].map((x) =>
        typeof x === 'number' ? x.toFixed(0) : x,
      ),
    ),
  ]
    .map(([name, ...cells]) => name!.padEnd(8) + cells.map((cell) => cell.padStart(14)).join(''))
    .join('\n');

const keepOf = (name: string): Keep => {
  if (Object.hasOwn(KEEP, name)) return name as Keep;
  throw new TypeError(`--keep takes ${Object.keys(KEEP).join(', ')}`);
};

/** Our side alone, kernel by kernel. */
const benchProfile = (ask: StepAsk): object => {
  const script = new URL('step-profile.js', import.meta.url).pathname;
  const found = JSON.parse(
    execFileSync(process.execPath, [script, JSON.stringify(ask)], {
      encoding: 'utf8',
      env: { ...ENGINE_ENV, ...process.env },
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  ) as StepProfile;
  say(profileTable(found));
  return { ask, ...found };
};

export const benchStep = async (argv: readonly string[]): Promise<object> => {
  const { values } = parseArgs({ args: [...argv], options: OPTIONS });
  const ask: StepAsk = {
    base: await hfFolder(values.base, process.env),
    tokens: Number(values.tokens),
    rank: Number(values.rank),
    alpha: Number(values.rank) * 2,
    steps: Number(values.steps) + 1,
    threads: Number(values.threads),
    keep: values.recompute ? 'none' : keepOf(values.keep),
  };
  return values.profile ? benchProfile(ask) : besideTorch(ask, Number(values.rounds));
};

const besideTorch = async (ask: StepAsk, rounds: number): Promise<object> => {
  const commands = {
    ours: [process.execPath, new URL('step-ours.js', import.meta.url).pathname],
    torch: [pythonOf(), `${ROOT}test/python/bench_step.py`],
  };
  const runs: Record<keyof typeof commands, StepResult[]> = { ours: [], torch: [] };
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? (['ours', 'torch'] as const) : (['torch', 'ours'] as const);
    for (const side of order) {
      const run = await runSide(commands[side], ask);
      runs[side].push(run);
      say(
        `round ${round + 1}, ${side}: ${run.ms.map((ms) => ms.toFixed(0)).join(' ')} ms, ${run.peak_rss_mb.toFixed(0)} MB`,
      );
    }
  }
  const sides = { ours: summary(runs.ours, ask.tokens), torch: summary(runs.torch, ask.tokens) };
  const ratio = {
    best_speed: sides.ours.best_tokens_per_second / sides.torch.best_tokens_per_second,
    median_speed: sides.ours.median_tokens_per_second / sides.torch.median_tokens_per_second,
    peak_rss: sides.ours.peak_rss_mb / sides.torch.peak_rss_mb,
  };
  say(`\n${table(sides)}`);
  say(
    `ours ÷ torch: best ${ratio.best_speed.toFixed(2)}×, median ${ratio.median_speed.toFixed(2)}×, memory ${ratio.peak_rss.toFixed(2)}×`,
  );
  return { ask, sides, ratio };
};
