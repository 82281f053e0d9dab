/** All rows of one file, examined. */
import type { DatasetReport } from '../contracts/dataset.ts';
import type { Recipe } from '../contracts/recipe.ts';
import { readRows } from './containers/index.ts';
import { decodeText } from './decode.ts';
import { examine, judged, type Examined } from './examine.ts';
import type { Defect } from './problems.ts';
import { defectOf, unreadable } from './unreadable.ts';

export type Source = {
  readonly file: string;
  readonly role: 'train' | 'valid';
  readonly chunks: AsyncIterable<Uint8Array>;
};

export type ReadFile = {
  readonly file: DatasetReport['files'][number];
  /** why reading ended early, null when it did not */
  readonly broken: Defect | null;
};

/** Hands every row to `row`, with the line where it begins. `allowed` is how many bytes may still be read. */
export const readFile = async (
  { file, role, chunks }: Source,
  data: Recipe['data'],
  allowed: number,
  row: (line: number, examined: Examined) => void,
): Promise<ReadFile> => {
  let bytes = 0;
  let encoding = 'unknown';
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > allowed) unreadable('too_large', `more than ${allowed} bytes`);
      yield chunk;
    }
  };
  const text = decodeText(counted(), (found) => {
    encoding = found;
  });
  let broken: Defect | null = null;
  try {
    for await (const input of readRows(text, file)) {
      row(input.line, 'error' in input ? judged(null, null, [input.error]) : examine(input.value, data));
    }
  } catch (error) {
    broken = defectOf(error);
    if (!broken) throw error;
  }
  return { file: { file, role, bytes, encoding }, broken };
};
