/** Files of this machine → rows in a store, a recipe of numbers, and the spec of a run. */
import { availableParallelism } from 'node:os';
import type { DatasetReport } from '../../../shared/contracts/dataset.ts';
import type { Reason, Recipe, ResolvedRecipe } from '../../../shared/contracts/recipe.ts';
import type { Spec } from '../../../shared/contracts/spec.ts';
import { describeReport } from '../../../shared/dataset/describe.ts';
import { planWithinBudget } from '../../../shared/estimate/plan.ts';
import { newId } from '../../../shared/ids.ts';
import { jsonBytes } from '../../../shared/json.ts';
import { constrainedBytes } from '../../../shared/memory.ts';
import { factsOf } from '../../../shared/plan/recipe.ts';
import type { Storage } from '../../../shared/storage/driver.ts';
import { objectUri } from '../../../shared/storage/index.ts';
import { readEnv } from '../env.ts';
import { readPrices } from '../prices.ts';
import type { Args, Cli } from './command.ts';
import { type InputFile, storeRows } from './front-door.ts';
import { continued } from './init-from.ts';
import { recipeOf } from './recipe-arguments.ts';

export const ROWS = 'dataset/rows.jsonl.gz';

export type Planned = { readonly resolved: ResolvedRecipe; readonly sha256: string };

export const firstSpec = (storage: Storage, { resolved, sha256 }: Planned): Spec => {
  const job = newId('ftjob-');
  return {
    version: 1,
    job,
    attempt: 1,
    seed: resolved.training.seed,
    recipe: resolved,
    base: { id: resolved.base, revision: null, sha256: null },
    dataset: { uri: objectUri(storage, ROWS), sha256 },
    resume_from: null,
    prefix: '',
    limits: { max_minutes: resolved.budget.max_minutes ?? null },
    trace: `${job}.1`,
  };
};

const explain = (reasons: readonly Reason[]): string =>
  reasons
    .map(
      ({ key, value, why }) =>
        `  ${key} = ${typeof value === 'object' ? JSON.stringify(value) : String(value)}: ${why}\n`,
    )
    .join('');

const refused = (report: DatasetReport, { terminal, json }: Cli): null => {
  terminal.out(json ? `${JSON.stringify({ type: 'rejected', report })}\n` : `${describeReport(report)}\n`);
  return null;
};

/** The plan for this machine, and what it would roughly take. */
export const planHere = async (
  recipe: Recipe,
  report: DatasetReport,
  { env }: Pick<Cli, 'env'>,
): Promise<ReturnType<typeof planWithinBudget>> => {
  const here = { cores: availableParallelism(), memory: constrainedBytes() };
  return planWithinBudget(recipe, report, {
    base: { ...factsOf(recipe.base), memory_bytes: here.memory },
    prices: (await readPrices(readEnv(env))).filter(({ launcher }) => launcher === 'local'),
    here,
  });
};

/** Rows under `key` and the report in place, null where the dataset is refused. */
export const planRows = async (
  storage: Storage,
  files: readonly InputFile[],
  args: Args,
  { key, cli }: { readonly key: string; readonly cli: Cli },
): Promise<Planned | null> => {
  const { recipe, reasons: adopted } = await continued(await recipeOf(args));
  const { report, sha256 } = await storeRows(files, recipe, { storage, key });
  if (key === ROWS) await storage.write('dataset/report.json', jsonBytes(report));
  if (report.status === 'rejected') return refused(report, cli);
  const { resolved, reasons } = await planHere(recipe, report, cli);
  cli.terminal.err(
    `${report.rows.train} rows to train on, ${report.rows.held_out} held out\n${explain([...adopted, ...reasons])}`,
  );
  return { resolved, sha256 };
};
