/** The whole front door on files of this machine: rows checked, and written in canonical form where somebody wants them. */
import { open, readdir, stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import type { DatasetReport } from '../../../shared/contracts/dataset.ts';
import type { Recipe } from '../../../shared/contracts/recipe.ts';
import type { Sink } from '../../../shared/dataset/check.ts';
import { ignoredRemark } from '../../../shared/dataset/packed/index.ts';
import { chooseFiles } from '../../../shared/dataset/packed/roles.ts';
import type { Source } from '../../../shared/dataset/read.ts';
import { AppError } from '../../../shared/errors.ts';
import { seedOf } from '../../../shared/plan/recipe.ts';
import type { Storage } from '../../../shared/storage/driver.ts';
import { checkHere } from '../../dataset/check.ts';
import { rowWriter } from '../../validate.ts';

export type InputFile = { readonly path: string; readonly role: 'train' | 'valid' };

const HINT =
  'Give the path of a dataset: .jsonl, .json, .csv, .xlsx, .parquet, .txt, a .zip or a folder of them';

const CHUNK = 512 * 1024; // bytes: of smaller ones each costs more than to read it

/** The content of a file, each chunk a buffer of its own. */
const chunksOf = async function* (path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  try {
    for (;;) {
      const { buffer, bytesRead } = await file.read(Buffer.allocUnsafeSlow(CHUNK));
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
};

const contentOf = (path: string): Pick<Source, 'chunks' | 'own'> => ({ chunks: chunksOf(path), own: true });

/** Files below a folder, as paths from it. */
const namesIn = async (folder: string): Promise<readonly string[]> => {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)).replaceAll('\\', '/'));
};

const folderSources = async ({ path, role }: InputFile): Promise<readonly Source[]> => {
  const { files, ignored } = chooseFiles(await namesIn(path));
  if (files.length === 0)
    throw new AppError('invalid_request', `There is no file of rows in ${path}`, { hint: HINT });
  return files.map((file, i) => ({
    file: `${basename(path)}/${file.name}`,
    role: role === 'valid' ? role : file.role,
    ...contentOf(join(path, file.name)),
    remarks: i === 0 ? ignoredRemark(ignored) : [],
  }));
};

/** Throws `invalid_request` for a path that is neither a file nor a folder with one. */
const sourcesIn = async (file: InputFile): Promise<readonly Source[]> => {
  const found = await stat(file.path).catch(() => null);
  if (found?.isDirectory()) return folderSources(file);
  if (!found?.isFile())
    throw new AppError('invalid_request', `There is no file ${file.path}`, { hint: HINT });
  return [{ file: basename(file.path), role: file.role, ...contentOf(file.path), size: found.size }];
};

export const sourcesOf = async (files: readonly InputFile[]): Promise<readonly Source[]> => {
  const sources: Source[] = [];
  for (const file of files) sources.push(...(await sourcesIn(file)));
  return sources;
};

/** What became of every row; `sink` hears each. */
export const checkFiles = async (
  files: readonly InputFile[],
  recipe: Recipe,
  sink: Sink | null = null,
): Promise<DatasetReport> => checkHere(await sourcesOf(files), recipe.data, seedOf(recipe), sink);

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
