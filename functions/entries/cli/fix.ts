/** `check --fix OUT`: the mended rows in new files, the others with their reasons beside them. */
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { extname } from 'node:path';
import type { FixReport } from '../../../shared/contracts/dataset.ts';
import type { Recipe } from '../../../shared/contracts/recipe.ts';
import { fixDataset, type FixedRow } from '../../../shared/dataset/fix/fix.ts';
import { AppError } from '../../../shared/errors.ts';
import { jsonLine } from '../../../shared/jsonl.ts';
import { sourcesOf, type InputFile } from './front-door.ts';

/** `faq.jsonl` → `faq.valid.jsonl` */
const beside = (path: string, word: string): string => {
  const suffix = extname(path);
  return `${path.slice(0, path.length - suffix.length)}.${word}${suffix || '.jsonl'}`;
};

/** Files that are made when their first row comes. Throws `invalid_request` rather than write over one. */
const lineFiles = () => {
  const open = new Map<string, WriteStream>();
  const made = async (path: string): Promise<WriteStream> => {
    const file = createWriteStream(path, { flags: 'wx' });
    await once(file, 'open').catch((cause: unknown) => {
      throw new AppError('invalid_request', `--fix cannot write ${path}`, {
        cause,
        hint: 'Name a file that does not exist, in a folder that does',
      });
    });
    open.set(path, file);
    return file;
  };
  return {
    async write(path: string, value: unknown): Promise<void> {
      const file = open.get(path) ?? (await made(path));
      if (!file.write(jsonLine(value))) await once(file, 'drain');
    },
    async end(): Promise<readonly string[]> {
      for (const file of open.values()) {
        file.end();
        await once(file, 'close');
      }
      return [...open.keys()];
    },
  };
};

type Fixed = {
  readonly report: FixReport;
  /** what to check and train on now */
  readonly files: readonly InputFile[];
  /** every file that was written */
  readonly written: readonly string[];
};

/** Training rows go to `out`, those to test with to `*.valid.*`, rows that are in neither to `*.rest.*`. */
export const fixFiles = async (files: readonly InputFile[], recipe: Recipe, out: string): Promise<Fixed> => {
  const lines = lineFiles();
  const paths = { train: out, valid: beside(out, 'valid') };
  const report = await fixDataset(await sourcesOf(files), recipe.data, (row: FixedRow) =>
    row.to === 'kept'
      ? lines.write(paths[row.role], row.value)
      : lines.write(beside(out, 'rest'), {
          file: row.file,
          line: row.line,
          reason: row.reason,
          row: row.value,
        }),
  );
  const written = await lines.end();
  const roles = ['train', 'valid'] as const;
  return {
    report,
    files: roles.filter((role) => written.includes(paths[role])).map((role) => ({ path: paths[role], role })),
    written,
  };
};
