/** The whole front door on files of this machine: rows checked, and written in canonical form where somebody wants them. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { DatasetReport } from '../../../shared/contracts/dataset.ts';
import type { Recipe } from '../../../shared/contracts/recipe.ts';
import type { Sink } from '../../../shared/dataset/check.ts';
import { AppError } from '../../../shared/errors.ts';
import { seedOf } from '../../../shared/plan/recipe.ts';
import type { Storage } from '../../../shared/storage/driver.ts';
import { checkHere } from '../../dataset/check.ts';
import { rowWriter } from '../../validate.ts';

export type InputFile = { readonly path: string; readonly role: 'train' | 'valid' };

/** Throws `invalid_request` for a path that is no file. */
const sourceOf = async ({ path, role }: InputFile) => {
  const found = await stat(path).catch(() => null);
  if (!found?.isFile())
    throw new AppError('invalid_request', `There is no file ${path}`, {
      hint: 'Give the path of a dataset: .jsonl, .json or .csv',
    });
  return { file: basename(path), role, chunks: createReadStream(path) };
};

/** What became of every row; `sink` hears each. */
export const checkFiles = async (
  files: readonly InputFile[],
  recipe: Recipe,
  sink: Sink | null = null,
): Promise<DatasetReport> => {
  const sources = [];
  for (const file of files) sources.push(await sourceOf(file));
  return checkHere(sources, recipe.data, seedOf(recipe), sink);
};

/** The same, and the rows compressed into the store under `key`. `sha256` is of those bytes, hex. */
export const storeRows = async (
  files: readonly InputFile[],
  recipe: Recipe,
  { storage, key }: { storage: Storage; key: string },
): Promise<{ report: DatasetReport; sha256: string }> => {
  const writer = rowWriter(storage, key);
  try {
    const report = await checkFiles(files, recipe, (row) => writer.row(row));
    return { report, sha256: await writer.end() };
  } catch (error) {
    await writer.abandon(error);
    throw error;
  }
};
