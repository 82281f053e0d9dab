/** A worker from the start of its process to the end of its first training step, beside PyTorch and PEFT doing a step of
 *  the same size on the same base. Ours also claims the run and fetches, checks and tokenizes its rows. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Recipe } from '../../shared/contracts/recipe.ts';
import type { AccountedRow } from '../../shared/contracts/row.ts';
import type { Spec } from '../../shared/contracts/spec.ts';
import { newId } from '../../shared/ids.ts';
import { jsonBytes } from '../../shared/json.ts';
import { keys } from '../../shared/keys.ts';
import { resolveRecipe } from '../../shared/plan/recipe.ts';
import { fsStorage } from '../../shared/storage/fs.ts';
import { objectUri } from '../../shared/storage/index.ts';
import { hfFolder } from '../helpers/hf-base.ts';
import { runCommand } from './command.ts';
import { pythonOf, ROOT } from './python.ts';

export type WorkerAsk = { readonly base: string; readonly tokens: number; readonly rank: number };

const STEPS = 2;
const WORDS = 'the a tea of is and cup green leaf water hot river boat old list number'.split(' ');

/** More tokens than a step takes. */
const textOf = (n: number, tokens: number): string =>
  Array.from({ length: tokens * 2 }, (_, i) => WORDS[(i * 7 + n * 3) % WORDS.length]).join(' ');

/** A bucket with one run, as dispatch leaves it: the uri of its spec. */
const layRun = async (root: string, base: string, { tokens, rank }: WorkerAsk): Promise<string> => {
  const storage = fsStorage({ root });
  const rows = Array.from({ length: STEPS }, (_, i): AccountedRow => {
    const row = { kind: 'text' as const, text: textOf(i, tokens) };
    return { file: 'a.txt', line: i + 1, fate: 'train', reason: null, row };
  });
  const bytes = gzipSync(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  await storage.write(keys.rows('ds_cold'), bytes);
  const recipe = Recipe.parse({
    base,
    method: { type: 'lora', r: rank, lora_alpha: rank * 2, target_modules: 'all-linear' },
    objective: { type: 'text' },
    training: {
      n_epochs: 1,
      batch_size: 1,
      max_length: tokens,
      packing: false,
      load_best_model_at_end: false,
    },
    evaluation: { enabled: false },
  });
  const counts = {
    in: STEPS,
    train: STEPS,
    held_out: 0,
    dropped: 0,
    duplicate: 0,
    quarantined: 0,
    truncated: 0,
  };
  const { resolved } = resolveRecipe(recipe, { rows: counts, shape: 'text', kinds: { text: STEPS } });
  const job = newId('ftjob-');
  const spec: Spec = {
    version: 1,
    job,
    attempt: 1,
    seed: 1,
    recipe: resolved,
    base: { id: base, revision: null, sha256: null },
    dataset: {
      uri: objectUri(storage, keys.rows('ds_cold')),
      sha256: createHash('sha256').update(bytes).digest('hex'),
    },
    resume_from: null,
    prefix: keys.run(job, 1),
    limits: { max_minutes: null },
    trace: 'cold',
  };
  await storage.write(keys.spec(job, 1), jsonBytes(spec));
  return objectUri(storage, keys.spec(job, 1));
};

/** Seconds. */
const ours = async (base: string, ask: WorkerAsk): Promise<number> => {
  const root = mkdtempSync(join(tmpdir(), 'bench-cold-'));
  try {
    const spec = await layRun(root, base, ask);
    const { said } = await runCommand(
      [process.execPath, `${ROOT}dist/gpu-worker/main.js`, 'worker', spec],
      process.env,
    );
    const first = said.find(({ value }) => value['type'] === 'metrics');
    if (!first) throw new Error(`The worker made no step: ${JSON.stringify(said.at(-1)?.value)}`);
    return first.seconds;
  } finally {
    rmSync(root, { recursive: true });
  }
};

const torch = async (python: string, base: string, { tokens, rank }: WorkerAsk): Promise<number> => {
  const threads = availableParallelism();
  const wanted = JSON.stringify({ base, tokens, rank, alpha: rank * 2, steps: 1, threads, keep: 'products' });
  const env = { ...process.env, HF_HUB_OFFLINE: '1' };
  const { said } = await runCommand([python, `${ROOT}test/python/bench_step.py`, wanted], env);
  return said[0]!.seconds;
};

/** Seconds of each side in every round. */
export const benchWorker = async (ask: WorkerAsk, rounds: number, say: (text: string) => void) => {
  const python = pythonOf();
  const base = await hfFolder(ask.base, process.env);
  const seconds: { ours: number[]; torch: number[] } = { ours: [], torch: [] };
  for (let round = 0; round < rounds; round++) {
    seconds.ours.push(await ours(base, ask));
    seconds.torch.push(await torch(python, base, ask));
    say(
      `round ${round + 1}: first step after ${seconds.ours.at(-1)!.toFixed(2)} s, PyTorch and PEFT ${seconds.torch.at(-1)!.toFixed(2)} s`,
    );
  }
  return seconds;
};
