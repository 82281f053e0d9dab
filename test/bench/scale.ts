/** How time and memory grow with the model, and with the row: random models of known shapes, on our engine; `--long` trains
 *  on one long row beside PyTorch and PEFT, both recomputing. */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import type { Keep } from '../../gpu-worker/autodiff/partition.ts';
import { pythonOf, ROOT } from './python.ts';
import { randomBase, SHAPES, type ShapeName, weightsOf } from './random-base.ts';
import { runSide, type StepAsk, type StepResult } from './side.ts';

const OPTIONS = {
  tokens: { type: 'string' },
  steps: { type: 'string', default: '2' },
  rounds: { type: 'string', default: '2' },
  threads: { type: 'string', default: String(Math.min(2, availableParallelism())) },
  shapes: { type: 'string', default: Object.keys(SHAPES).join(',') },
  long: { type: 'boolean', default: false },
} as const;

const LONG_ROW = 8192;
const ROW = 512;

const say = (text: string) => process.stderr.write(`${text}\n`);

const OURS = [process.execPath, new URL('step-ours.js', import.meta.url).pathname];

type Settings = Pick<StepAsk, 'tokens' | 'steps' | 'threads'>;

const askOf = (name: ShapeName, keep: Keep, settings: Settings): StepAsk => ({
  base: randomBase(name, process.env['DROPTUNE_HOME'] ?? '.droptune'),
  rank: 16,
  alpha: 32,
  keep,
  ...settings,
});

type Speed = { readonly tokens_per_second: number; readonly peak_rss_mb: number };

/** Best step of all; the first of each process warms it up. */
const speedOf = (runs: readonly StepResult[], tokens: number): Speed => ({
  tokens_per_second: tokens / (Math.min(...runs.flatMap(({ ms }) => ms.slice(1))) / 1000),
  peak_rss_mb: Math.max(...runs.map(({ peak_rss_mb }) => peak_rss_mb)),
});

const namesOf = (list: string): ShapeName[] =>
  list.split(',').map((name) => {
    if (Object.hasOwn(SHAPES, name)) return name as ShapeName;
    throw new TypeError(`--shapes takes ${Object.keys(SHAPES).join(', ')}`);
  });

const benchShapes = async (names: readonly ShapeName[], rounds: number, settings: Settings) => {
  const runs = new Map<ShapeName, StepResult[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++)
    for (const name of names) {
      const run = await runSide(OURS, askOf(name, 'products', settings));
      runs.get(name)!.push(run);
      say(
        `round ${round + 1}, ${name}: ${run.ms.map((ms) => ms.toFixed(0)).join(' ')} ms, ${run.peak_rss_mb.toFixed(0)} MB`,
      );
    }
  const speeds = names.map((name) => {
    const speed = speedOf(runs.get(name)!, settings.tokens);
    const { layers, head } = weightsOf(name);
    return { name, layers, head, ...speed, weights_per_second: speed.tokens_per_second * (layers + head) };
  });
  const [first] = speeds;
  say('\nshape   layer weights   head weights     tok/s   peak MB   tok/s × weights, beside the first');
  for (const s of speeds)
    say(
      `${s.name.padEnd(6)}${(s.layers / 1e6).toFixed(0).padStart(14)} M${(s.head / 1e6).toFixed(0).padStart(13)} M` +
        `${s.tokens_per_second.toFixed(0).padStart(10)}${s.peak_rss_mb.toFixed(0).padStart(10)}` +
        `${(s.weights_per_second / first!.weights_per_second).toFixed(2).padStart(12)}`,
    );
  return { settings, speeds };
};

const benchLong = async (name: ShapeName, rounds: number, settings: Settings) => {
  const ask = askOf(name, 'none', settings);
  const torch = [pythonOf(), `${ROOT}test/python/bench_step.py`];
  const [ours, theirs]: [StepResult[], StepResult[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    ours.push(await runSide(OURS, ask));
    theirs.push(await runSide(torch, ask));
  }
  const [own, peer] = [speedOf(ours, settings.tokens), speedOf(theirs, settings.tokens)];
  const line = (who: string, { tokens_per_second, peak_rss_mb }: Speed) =>
    say(
      `${who.padEnd(8)}${tokens_per_second.toFixed(0).padStart(8)} tok/s${peak_rss_mb.toFixed(0).padStart(8)} MB`,
    );
  say(`\n${name}, one row of ${settings.tokens} tokens, both recomputing`);
  line('ours', own);
  line('torch', peer);
  const ratio = {
    speed: own.tokens_per_second / peer.tokens_per_second,
    peak_rss: own.peak_rss_mb / peer.peak_rss_mb,
  };
  say(`ours ÷ torch: speed ${ratio.speed.toFixed(2)}×, memory ${ratio.peak_rss.toFixed(2)}×`);
  return { settings, ours: own, torch: peer, ratio };
};

export const benchScale = async (argv: readonly string[]): Promise<object> => {
  const { values } = parseArgs({ args: [...argv], options: OPTIONS });
  const settings = {
    tokens: Number(values.tokens ?? (values.long ? LONG_ROW : ROW)),
    steps: Number(values.steps) + 1,
    threads: Number(values.threads),
  };
  const names = namesOf(values.shapes);
  const rounds = Number(values.rounds);
  return values.long ? benchLong(names[0]!, rounds, settings) : benchShapes(names, rounds, settings);
};
