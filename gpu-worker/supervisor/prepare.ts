/** From a spec to a work folder that an engine can start in. */
import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { ResolvedRecipe } from '../../shared/contracts/recipe.ts';
import type { Spec } from '../../shared/contracts/spec.ts';
import { deviceFrom } from '../../shared/device.ts';
import { AppError } from '../../shared/errors.ts';
import type { Plan } from '../engines/contract.ts';
import { resolveBase } from '../weights/resolve.ts';
import { tokenizerOf } from '../weights/tokenizer.ts';
import { downloadFile } from './files.ts';
import { fetchInitFrom, type Place } from './init-from.ts';
import { tokenizeRows, writeShard, type TokenizedRows } from './tokens.ts';

export type PrepareInput = {
  readonly spec: Spec;
  /** where `spec.dataset.uri` is */
  readonly dataset: Place;
  /** where a folder is in a store */
  readonly find: (uri: string) => Place;
  readonly work: string;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** folder of the checkpoint to continue from */
  readonly resume_from: string | null;
  readonly started_ms: number;
  readonly note: (message: string) => void;
  readonly signal: AbortSignal;
};

const fetchRows = async ({ spec, dataset, work }: PrepareInput): Promise<string> => {
  const path = join(work, 'rows.jsonl.gz');
  const { sha256 } = await downloadFile(dataset.store, dataset.key, path);
  if (sha256 !== spec.dataset.sha256)
    throw new AppError(
      'broken_file',
      `${spec.dataset.uri} has sha256 ${sha256}, the spec says ${spec.dataset.sha256}: the dataset was changed after the job was made`,
    );
  return path;
};

const fetchBase = async ({ spec, home, env, note }: PrepareInput) => {
  const base = await resolveBase(spec.base.id, { home, env, note });
  if (spec.base.sha256 !== null && base.sha256 !== spec.base.sha256)
    throw new AppError(
      'base_unavailable',
      `${spec.base.id} has sha256 ${base.sha256}, the spec says ${spec.base.sha256}`,
      { hint: 'Another file stands under this name now: make the job again, or put the old one back' },
    );
  return base;
};

const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;

const summary = (
  { train, train_rows, held_out_rows, truncated, empty }: TokenizedRows,
  maxLength: number,
): string => {
  const trained = train.reduce((n, { weights }) => n + weights.reduce((m, w) => m + (w > 0 ? 1 : 0), 0), 0);
  const parts = [
    `${count(train_rows, 'row')} with ${count(trained, 'token')} to learn, ${held_out_rows.length} held out`,
  ];
  if (truncated > 0) parts.push(`${count(truncated, 'row')} cut to ${maxLength} tokens`);
  if (empty > 0) parts.push(`${count(empty, 'row')} left out: nothing to learn is left in them`);
  return parts.join('; ');
};

const deadlineOf = ({ spec, started_ms }: PrepareInput): number | null => {
  const minutes = [spec.limits.max_minutes, spec.recipe.budget.max_minutes].filter((m) => m != null);
  return minutes.length > 0 ? Math.round(started_ms + Math.min(...minutes) * 60_000) : null;
};

/** The method names the folder; what it was called before stays known. */
const continuing = (recipe: ResolvedRecipe, folder: string | null): Pick<Plan, 'recipe' | 'continues'> => {
  const { method } = recipe;
  if (folder === null || method.type === 'full') return { recipe };
  return { recipe: { ...recipe, method: { ...method, init_from: folder } }, continues: method.init_from };
};

/** Fetches dataset, base and the adapter to continue, writes shards, held-out rows and `plan.json` into the work folder. */
export const prepare = async (input: PrepareInput): Promise<Plan> => {
  const { spec, work, signal, note } = input;
  const rows = await fetchRows(input);
  signal.throwIfAborted();
  const base = await fetchBase(input);
  signal.throwIfAborted();
  const from = await fetchInitFrom(spec, input);
  const maxLength = spec.recipe.training.max_length;
  const objective = spec.recipe.objective.type;
  const tokenizer = await tokenizerOf(base);
  const tokens = await tokenizeRows(rows, tokenizer, { objective, maxLength, signal });
  note(summary(tokens, maxLength));

  const plan: Plan = {
    version: 1,
    job: spec.job,
    seed: spec.seed,
    ...continuing(spec.recipe, from),
    base: { id: base.id, path: base.path },
    train: 'train.safetensors',
    held_out: 'held_out.safetensors',
    held_out_rows: 'held_out.jsonl',
    cut_rows: tokens.truncated,
    empty_rows: tokens.empty,
    resume_from: input.resume_from,
    deadline_ms: deadlineOf(input),
    out: 'out',
    threads: availableParallelism(),
    device: deviceFrom(input.env),
  };
  writeShard(join(work, plan.train), tokens.train);
  writeShard(join(work, plan.held_out), tokens.held_out);
  const heldOut = tokens.held_out_rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  await writeFile(join(work, plan.held_out_rows), heldOut);
  await writeFile(join(work, 'plan.json'), JSON.stringify(plan, null, 2));
  return plan;
};
