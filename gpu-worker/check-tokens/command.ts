/** `check-tokens --base ID --rows FILE --objective O --max-length N`: what is found in the tokens of rows, a JSON line
 *  each. FILE holds rows as JSON lines (`PreviewInput`). */
import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ResolvedObjective } from '../../shared/contracts/objective.ts';
import { PreviewInput } from '../../shared/contracts/preview.ts';
import { TOKEN_CHECKS } from '../../shared/dataset/checks/token-checks.ts';
import { AppError } from '../../shared/errors.ts';
import { readLines } from '../../shared/jsonl.ts';
import { tokenView } from '../../shared/text/token-view.ts';
import { resolveBase } from '../weights/resolve.ts';
import { tokenizerOf } from '../weights/tokenizer.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const OPTIONS = {
  base: { type: 'string' },
  rows: { type: 'string' },
  objective: { type: 'string' },
  'max-length': { type: 'string' },
} as const;

export const checkTokensCommand = async (
  argv: readonly string[],
  env: Environment,
  say: (line: object) => void,
): Promise<number> => {
  const { values } = parseArgs({ args: [...argv], options: OPTIONS });
  const { base: id, rows, 'max-length': maxLength } = values;
  const types = ResolvedObjective.options.map(({ shape }) => shape.type.value);
  const objective = types.find((known) => known === values.objective);
  if (!id || !rows || !objective || !maxLength)
    throw new AppError('invalid_request', 'check-tokens wants --base, --rows, --objective and --max-length');
  const home = resolve(env['DROPTUNE_HOME'] ?? '.droptune');
  const note = (message: string): void => say({ type: 'note', message });
  const tokenizer = await tokenizerOf(await resolveBase(id, { home, env, note }));
  for await (const { text } of readLines(createReadStream(rows))) {
    const { file, line, row } = PreviewInput.parse(JSON.parse(text));
    const view = tokenView(tokenizer, row, { objective, maxLength: Number(maxLength) });
    for (const { code, find } of TOKEN_CHECKS) {
      const excerpt = find(view);
      if (excerpt !== null) say({ type: 'finding', code, file, line, excerpt: excerpt.slice(0, 200) });
    }
  }
  say({ type: 'done' });
  return 0;
};
