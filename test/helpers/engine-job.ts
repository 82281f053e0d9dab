/** Whole jobs of the onnx engine in this process, on a base of 260K values. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { EngineMessage, Plan } from '../../gpu-worker/engines/contract.ts';
import { runJob } from '../../gpu-worker/engines/job.ts';
import { tokenizeRows, writeShard } from '../../gpu-worker/supervisor/tokens.ts';
import { openBase } from '../../gpu-worker/weights/base.ts';
import { Recipe, type RecipeInput } from '../../shared/contracts/recipe.ts';
import { RunReport } from '../../shared/contracts/report.ts';
import type { AccountedRow, Row } from '../../shared/contracts/row.ts';
import { resolveRecipe } from '../../shared/plan/recipe.ts';
import { loadTokenizer } from '../../shared/text/tokenizer.ts';
import { tempFolder } from './engine-store.ts';
import { rows as COUNTS } from './jobs.ts';
import { writeTinyBase } from './tiny-base.ts';

const base = writeTinyBase(join(tempFolder(), 'base'));
const opened = await openBase(base);
opened.close();
const tokenizer = loadTokenizer(opened.tokenizer!);

const MAX_LENGTH = 64;

const account =
  (fate: AccountedRow['fate']) =>
  (row: Row, i: number): AccountedRow => ({ file: 'a', line: i + 1, fate, reason: null, row });

/** The plan of a job as the supervisor would make it, in a folder of its own. */
export const planOf = async (
  { train, held_out }: { readonly train: readonly Row[]; readonly held_out: readonly Row[] },
  asked: RecipeInput,
): Promise<Plan> => {
  const at = (name: string) => join(folder, name);
  const folder = tempFolder();
  const accounted = [...train.map(account('train')), ...held_out.map(account('held_out'))];
  writeFileSync(at('rows.jsonl.gz'), gzipSync(accounted.map((row) => `${JSON.stringify(row)}\n`).join('')));
  const recipe = Recipe.parse({
    ...asked,
    base,
    training: { max_length: MAX_LENGTH, load_best_model_at_end: false, ...asked.training },
    evaluation: { samples: 2, max_new_tokens: 4, ...asked.evaluation },
  });
  const { resolved } = resolveRecipe(recipe, {
    rows: { ...COUNTS, train: train.length, held_out: held_out.length },
    shape: null,
    kinds: { [train[0]!.kind]: train.length },
  });
  const tokens = await tokenizeRows(at('rows.jsonl.gz'), tokenizer, {
    objective: resolved.objective.type,
    maxLength: MAX_LENGTH,
    signal: new AbortController().signal,
  });
  writeShard(at('train'), tokens.train);
  writeShard(at('held_out'), tokens.held_out);
  writeFileSync(at('rows'), tokens.held_out_rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return {
    version: 1,
    job: 'ftjob-0',
    seed: 1,
    recipe: resolved,
    base: { id: 'tiny', path: base },
    train: at('train'),
    held_out: at('held_out'),
    held_out_rows: at('rows'),
    cut_rows: 0,
    empty_rows: 0,
    resume_from: null,
    deadline_ms: null,
    out: at('out'),
    threads: 1,
  };
};

/** Runs the plan; `stopAfter` steps it is asked to pause. The curve, and the report where it came to one. */
export const runPlan = async (plan: Plan, { stopAfter = Infinity }: { stopAfter?: number } = {}) => {
  const said: EngineMessage[] = [];
  const lines = () => said.flatMap((message) => (message.type === 'metrics' ? [message.line] : []));
  const code = await runJob(plan, {
    emit: (message) => void said.push(message),
    stopAsked: () => (lines().length >= stopAfter ? 'pause' : null),
  });
  const result =
    code === 0 ? RunReport.parse(JSON.parse(readFileSync(join(plan.out, 'report.json'), 'utf8'))) : null;
  return { code, said, lines: lines(), result, adapter: join(plan.out, 'adapter') };
};
