/** A frozen base in 8 or 4 bits beside the same one in float32, in one process: how nearly the first gradient agrees, what
 *  the layers' weights take, how quick a step is, and with `--train` what held-out rows lose. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { seamsOf } from '../../gpu-worker/adapters/index.ts';
import { linearValues } from '../../gpu-worker/models/linears.ts';
import type { Bits } from '../../gpu-worker/nn/seams.ts';
import { initialise } from '../../gpu-worker/runtime/initialise.ts';
import { layOut } from '../../gpu-worker/runtime/parameters.ts';
import { openModel, type OpenModel } from '../../gpu-worker/runtime/open.ts';
import { openWeights } from '../../gpu-worker/runtime/weights.ts';
import { storeBase, type Stored } from '../../gpu-worker/train/calibrate.ts';
import { planPasses, planSteps } from '../../gpu-worker/train/steps.ts';
import { openTrainer, type Trainer } from '../../gpu-worker/train/trainer.ts';
import type { Row } from '../../shared/contracts/row.ts';
import type { TokenRow } from '../../shared/text/shards.ts';
import { encodeRow } from '../../shared/text/template.ts';
import { hfFolder } from '../helpers/hf-base.ts';
import { methodOf } from '../helpers/method.ts';

const ROOT = new URL('../../..', import.meta.url).pathname; // from dist/test/bench
const DEMO = ['format', 'knowledge', 'style'].map((name) => `${ROOT}infra/local/demo/${name}/train.jsonl`);

const OPTIONS = {
  base: { type: 'string', default: 'HuggingFaceTB/SmolLM2-135M-Instruct' },
  bits: { type: 'string', default: '8' },
  data: { type: 'string', multiple: true, default: DEMO },
  tokens: { type: 'string', default: '512' },
  rank: { type: 'string', default: '16' },
  rounds: { type: 'string', default: '8' },
  threads: { type: 'string', default: String(Math.min(2, availableParallelism())) },
  train: { type: 'boolean', default: false },
  rows: { type: 'string', default: '48' },
  held_out: { type: 'string', default: '24' },
  epochs: { type: 'string', default: '2' },
} as const;

const say = (text: string) => process.stderr.write(`${text}\n`);

type Line = { text?: string; messages?: []; question?: string; answer?: string };
const rowOf = ({ text, messages, question, answer }: Line): Row => {
  if (text !== undefined) return { kind: 'text', text };
  const asked = [
    { role: 'user', content: question ?? '' },
    { role: 'assistant', content: answer ?? '' },
  ];
  return { kind: 'chat', messages: messages ?? asked } as Row;
};

const readRows = ({ tokenizer }: OpenModel, path: string, maxLength: number): TokenRow[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line, i) => ({
      ...encodeRow(tokenizer, rowOf(JSON.parse(line) as Line), { maxLength }),
      line: i + 1,
    }));

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** Rounds of one step on each side, in turns. The first warms up and is not counted. */
const race = async (sides: Readonly<Record<'float' | 'stored', Trainer>>, tokens: number, rounds: number) => {
  const ids = Int32Array.from({ length: tokens }, (_, i) => 3 + ((i * 7919) % 40_000));
  const row = { ids, weights: new Float32Array(tokens).fill(1), line: 1 };
  const passes = planPasses([row], tokens);
  const ms = { float: [] as number[], stored: [] as number[] };
  for (let round = 0; round <= rounds; round++)
    for (const side of round % 2 ? (['float', 'stored'] as const) : (['stored', 'float'] as const)) {
      const start = performance.now();
      await sides[side].learn(passes);
      sides[side].update({ lr: 1e-5, weight_decay: 0, clip: 1 });
      if (round > 0) ms[side].push(performance.now() - start);
    }
  return {
    ms,
    best_speed: Math.min(...ms.float) / Math.min(...ms.stored),
    median_speed: median(ms.float) / median(ms.stored),
  };
};

/** Mean loss of a trained token of rows, nats. */
const lossOf = async ({ nll }: Trainer, rows: readonly TokenRow[]): Promise<number> => {
  let [sum, count] = [0, 0];
  for (const batch of planPasses(rows, 512)) {
    for (const x of await nll(batch)) sum += x;
    count += batch.targets.at.length;
  }
  return sum / count;
};

type Ground = Pick<Stored, 'model'> & Pick<OpenModel, 'weights'>;
type Asked = { readonly rank: number; readonly epochs: number; readonly held: readonly TokenRow[] };

/** Trains on a base and measures the adapter on the float32 one, where it will be used. */
const trained = async (open: OpenModel, ground: Ground, rows: readonly TokenRow[], asked: Asked) => {
  const seams = seamsOf(methodOf({ type: 'lora', r: asked.rank, lora_alpha: 2 * asked.rank }), open.model);
  const trainer = openTrainer({ ...open, ...ground, seams });
  initialise(trainer.parameters, 7, open.weights);
  const settings = { batch_size: 8, n_epochs: asked.epochs, seed: 7, packing: true, tokens_per_pass: 512 };
  const steps = planSteps(rows, settings);
  for (let i = 0; i < steps.count; i++) {
    await trainer.learn(steps.at(i));
    const lr = 1e-3 * Math.min(1, (i + 1) / 3) * (1 - i / steps.count);
    trainer.update({ lr, weight_decay: 0, clip: 1 });
  }
  const judge = openTrainer({ ...open, seams });
  judge.parameters.values.set(trainer.parameters.values);
  return { loss: await lossOf(judge, asked.held), steps: steps.count };
};

const compareTraining = async (
  open: OpenModel,
  stored: Ground,
  path: string,
  values: Record<'rows' | 'held_out' | 'epochs' | 'rank', string>,
) => {
  const all = readRows(open, path, 256);
  const [rows, held] = [all.slice(0, Number(values.rows)), all.slice(-Number(values.held_out))];
  const asked = { rank: Number(values.rank), epochs: Number(values.epochs), held };
  const before = await lossOf(openTrainer({ ...open, seams: {} }), held);
  const float = await trained(open, open, rows, asked);
  const bits = await trained(open, stored, rows, asked);
  const found = {
    before,
    float: float.loss,
    bits: bits.loss,
    ratio: bits.loss / float.loss,
    steps: bits.steps,
  };
  const name = `${basename(dirname(path))}/${basename(path)}`;
  say(
    `${name}: held-out loss ${before.toFixed(4)} → ${found.float.toFixed(4)} float32, ${found.bits.toFixed(4)} bits: ${((found.ratio - 1) * 100).toFixed(2)} %`,
  );
  return { name, ...found };
};

const keep = () => 'scores' as const;

export const benchBits = async (argv: readonly string[]): Promise<object> => {
  const { values } = parseArgs({ args: [...argv], options: OPTIONS });
  const [bits, tokens, r] = [Number(values.bits) as Bits, Number(values.tokens), Number(values.rank)];
  const open = await openModel(await hfFolder(values.base, process.env), Number(values.threads));
  const seams = seamsOf(methodOf({ type: 'lora', r, lora_alpha: 2 * r }), open.model);
  const batches = values.data.map((path) => planPasses(readRows(open, path, 256).slice(0, 24), tokens)[0]!);
  const float = { model: open.model, sessions: open.sessions, weights: openWeights(open.base) };
  const parameters = layOut(open.model, seams);
  initialise(parameters, 0, open.weights);
  let stored: Stored = null!;
  const cosines: number[] = [];
  for (const batch of batches) {
    stored = await storeBase(float, { bits, seams, parameters, batch });
    cosines.push(stored.gradient_cosine);
    say(`gradient_cosine ${stored.gradient_cosine.toFixed(4)} on ${batch.tokens} tokens`);
  }
  const whole = 4 * linearValues(open.model);
  const memory = { float: whole, stored: stored.layer_bytes, ratio: stored.layer_bytes / whole };
  say(`layer weights ${(memory.ratio * 100).toFixed(1)} % of float32`);
  const training = [];
  if (values.train)
    for (const path of values.data) training.push(await compareTraining(open, stored, path, values));
  const sides = {
    float: openTrainer({ ...open, seams, keep }),
    stored: openTrainer({ ...open, ...stored, seams, keep }),
  };
  for (const trainer of Object.values(sides)) initialise(trainer.parameters, 0, open.weights);
  const speed = await race(sides, tokens, Number(values.rounds));
  say(`step: best ${speed.best_speed.toFixed(3)}×, median ${speed.median_speed.toFixed(3)}× the float32 one`);
  await open.close();
  return { ask: values, cosines, memory, speed, training };
};
