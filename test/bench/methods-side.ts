/** One method of `bench -- methods` in a process of its own, so that its peak memory is its own: it trains by the engine's
 *  own job, and what it left is loaded and measured. */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan } from '../../gpu-worker/engines/contract.ts';
import { runJob } from '../../gpu-worker/engines/job.ts';
import { layOut } from '../../gpu-worker/runtime/parameters.ts';
import { loadAdapter, NO_ADAPTER } from '../../gpu-worker/runtime/read-tuned.ts';
import { openModel } from '../../gpu-worker/runtime/open.ts';
import { writeShard } from '../../gpu-worker/supervisor/tokens.ts';
import { openBase } from '../../gpu-worker/weights/base.ts';
import { Recipe } from '../../shared/contracts/recipe.ts';
import type { MetricsLine } from '../../shared/contracts/spec.ts';
import { factsOf, resolveRecipe } from '../../shared/plan/recipe.ts';
import { encodeExamples } from '../../shared/text/examples.ts';
import { loadTokenizer } from '../../shared/text/tokenizer.ts';
import type { MethodAsk, MethodResult, Trained } from './methods-ask.ts';
import { MAX_LENGTH, measure, measureMerged, median } from './methods-measure.ts';

const peakRssMb = (): number =>
  (Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024) / 1e6;

const recipeOf = ({ base, method, train, steps, batch_size }: MethodAsk) => {
  const recipe = Recipe.parse({
    base: base.id,
    method,
    training: {
      batch_size,
      n_epochs: (steps * batch_size) / train.length,
      max_length: MAX_LENGTH,
      seed: 7,
      load_best_model_at_end: false,
      early_stopping: false,
    },
    evaluation: { enabled: false },
  });
  const rows = {
    in: 0,
    train: train.length,
    held_out: 0,
    dropped: 0,
    duplicate: 0,
    quarantined: 0,
    truncated: 0,
  };
  return resolveRecipe(recipe, { rows, shape: 'chat' }, factsOf(base.id)).resolved;
};

const planOf = async (ask: MethodAsk): Promise<Plan> => {
  const base = await openBase(ask.base.path);
  base.close();
  const tokenizer = loadTokenizer(base.tokenizer!);
  const options = { objective: 'sft', maxLength: MAX_LENGTH, compared: false } as const;
  const rows = ask.train.flatMap((row, line) =>
    encodeExamples(tokenizer, row, options).rows.map(({ ids, weights }) => ({ ids, weights, line })),
  );
  mkdirSync(ask.out, { recursive: true });
  const at = (name: string) => join(ask.out, name);
  writeShard(at('train'), rows);
  writeShard(at('held_out'), []);
  writeFileSync(at('rows'), '');
  return {
    version: 1,
    job: 'ftjob-bench',
    seed: 7,
    recipe: recipeOf(ask),
    base: ask.base,
    train: at('train'),
    held_out: at('held_out'),
    held_out_rows: at('rows'),
    cut_rows: 0,
    empty_rows: 0,
    resume_from: null,
    deadline_ms: null,
    out: ask.out,
    threads: ask.threads,
  };
};

const fileMb = (adapter: string): number => {
  const sizes = ['adapter_model.safetensors', 'model.safetensors'].map(
    (name) => statSync(join(adapter, name), { throwIfNoEntry: false })?.size ?? 0,
  );
  return sizes.reduce((sum, size) => sum + size, 0) / 1e6;
};

const train = async (ask: MethodAsk): Promise<Omit<Trained, 'trained' | 'share'>> => {
  const plan = await planOf(ask);
  const lines: MetricsLine[] = [];
  await runJob(plan, {
    emit: (message) => void (message.type === 'metrics' && lines.push(message.line)),
    stopAsked: () => null,
  });
  const ms = lines.slice(1).map(({ tokens, tokens_per_second }) => (1000 * tokens) / tokens_per_second);
  return {
    file_mb: fileMb(join(ask.out, 'adapter')),
    peak_rss_mb: peakRssMb(),
    ms_per_step: median(ms),
    learning_rate: plan.recipe.training.learning_rate,
  };
};

const ask = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as MethodAsk;
const trained = ask.method && (await train(ask));
const open = await openModel(ask.base.path, ask.threads);
const adapter = trained ? loadAdapter(join(ask.out, 'adapter'), open.model) : NO_ADAPTER;
const values = layOut(open.model, adapter.seams).values.length;
const all = open.base
  .names()
  .reduce((sum, name) => sum + open.base.shape(name).reduce((n, d) => n * d, 1), 0);
const measured = await measure(open, adapter, ask);
let merged: MethodResult['merged'] = null;
if (adapter.method?.type === 'lora' && !adapter.method.use_dora) {
  const other = await openModel(ask.base.path, ask.threads);
  merged = await measureMerged(other, open, adapter, ask);
  await other.close();
}
const result: MethodResult = {
  ...measured,
  training: trained && { ...trained, trained: values, share: values / all },
  merged,
};
process.stdout.write(`${JSON.stringify(result)}\n`);
await open.close();
