/** Files given as text or bytes → the report and every accounted row. */
import type { DatasetReport } from '../../../shared/contracts/dataset.ts';
import { Recipe, type RecipeInput } from '../../../shared/contracts/recipe.ts';
import type { AccountedRow } from '../../../shared/contracts/row.ts';
import { checkDataset } from '../../../shared/dataset/check.ts';

export type File = {
  readonly file: string;
  readonly body: string | Uint8Array;
  readonly role?: 'train' | 'valid';
};

const bytesOf = (body: string | Uint8Array): Uint8Array =>
  typeof body === 'string' ? Buffer.from(body) : body;

export const inChunks = async function* (bytes: Uint8Array, size = 65_536): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
};

export const dataOf = (data: RecipeInput['data'] = {}): Recipe['data'] => Recipe.parse({ data }).data;

export const drop = async (
  files: readonly File[] | File,
  { data = {}, seed = 0, chunk = 65_536 }: { data?: RecipeInput['data']; seed?: number; chunk?: number } = {},
): Promise<{ report: DatasetReport; rows: readonly AccountedRow[] }> => {
  const rows: AccountedRow[] = [];
  const sources = [files].flat().map(({ file, body, role = 'train' }: File) => ({
    file,
    role,
    chunks: inChunks(bytesOf(body), chunk),
  }));
  const report = await checkDataset(sources, dataOf(data), seed, (row) => void rows.push(row));
  return { report, rows };
};

export const jsonlOf = (rows: readonly unknown[]): string =>
  rows.map((row) => JSON.stringify(row)).join('\n');

/** `n` good rows, all different. */
export const pairs = (n: number, tag = ''): readonly { prompt: string; completion: string }[] =>
  Array.from({ length: n }, (_, i) => ({ prompt: `question ${tag}${i}`, completion: `answer ${i}` }));

/** Code → lines where it was found. */
export const linesOf = ({ problems }: DatasetReport): Record<string, readonly (number | null)[]> =>
  Object.fromEntries(problems.map(({ code, places }) => [code, places.map(({ line }) => line)]));
