/** `npm run parity -- FOLDER…`: one line a case with its largest errors. */
import { AppError } from '../../shared/errors.ts';
import { type CaseResult, runFolder } from './run.ts';

const describe = (folder: string, { name, checks }: CaseResult): string => {
  const passed = checks.every((c) => c.share <= 1);
  const figures = checks.map(
    (c) => `${c.what} ${c.error.toExponential(1)} (${(c.share * 100).toFixed(0)} % of tolerance)`,
  );
  return `${passed ? 'ok  ' : 'FAIL'} ${folder} ${name}: ${figures.join(', ')}`;
};

/** 0 when every case that was run is within its tolerance, 1 beyond, 2 without folders. */
export const parityCommand = async (folders: readonly string[], threads: number): Promise<number> => {
  if (folders.length === 0) {
    process.stderr.write('usage: npm run parity -- FOLDER… (folders with a cases.json)\n');
    return 2;
  }
  let failed = 0;
  for (const folder of folders)
    try {
      for await (const result of runFolder(folder, threads)) {
        if (result.checks.some((c) => !(c.share <= 1))) failed++;
        process.stdout.write(`${describe(folder, result)}\n`);
      }
    } catch (error) {
      failed++;
      const reason = error instanceof AppError || error instanceof Error ? error.message : String(error);
      process.stdout.write(`FAIL ${folder}: ${reason}\n`);
    }
  return failed > 0 ? 1 : 0;
};
