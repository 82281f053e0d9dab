/** `check --base ID`: what is found in the tokens of the rows that are used. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatasetReport } from '../../../shared/contracts/dataset.ts';
import type { PreviewInput } from '../../../shared/contracts/preview.ts';
import type { ResolvedRecipe } from '../../../shared/contracts/recipe.ts';
import { type AccountedRow, isUsed } from '../../../shared/contracts/row.ts';
import { problemTally } from '../../../shared/dataset/tally.ts';
import { AppError } from '../../../shared/errors.ts';
import { jsonLine } from '../../../shared/jsonl.ts';
import { runWorkerProgram } from './child.ts';
import type { Cli } from './command.ts';
import { relay } from './relay.ts';

/** Keeps the rows that are used until their tokens are asked for. */
export const tokenRows = async () => {
  const work = await mkdtemp(join(tmpdir(), 'droptune-tokens-'));
  const path = join(work, 'rows.jsonl');
  const out = createWriteStream(path);
  let number = 0;
  return {
    async see(row: AccountedRow): Promise<void> {
      number += 1;
      if (row.row === null || !isUsed(row.fate)) return;
      const input: PreviewInput = { number, ...row, row: row.row };
      if (!out.write(jsonLine(input))) await once(out, 'drain');
    },
    /** The problems, by the worker, which knows the base. Throws what it failed with. */
    async problems(
      { base, objective, training }: ResolvedRecipe,
      cli: Cli,
    ): Promise<DatasetReport['problems']> {
      out.end();
      await once(out, 'close');
      const tally = problemTally();
      const view = relay({ terminal: cli.terminal, json: false });
      const asked = ['--base', base, '--rows', path, '--objective', objective.type];
      const code = await runWorkerProgram({
        args: ['check-tokens', ...asked, '--max-length', String(training.max_length)],
        env: cli.env,
        line(value) {
          const { type, code: found, file, line, excerpt } = value;
          if (type !== 'finding') return view.line(value);
          tally.add(String(file), Number(line), {
            code: String(found),
            pointer: '',
            excerpt: String(excerpt),
          });
        },
        text: () => undefined,
      });
      view.close();
      if (code !== 0)
        throw new AppError(
          'engine_failed',
          String(view.last('failed')?.['message'] ?? 'The worker ended early'),
        );
      return tally.problems();
    },
    remove: () => rm(work, { recursive: true, force: true }),
  };
};
