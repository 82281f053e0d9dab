/** `preview --base ID --rows FILE --objective O --max-length N --show 1,2,3 [--lengths]`: rows as their tokens, and how
 *  long all of them are. FILE holds rows as JSON lines (`PreviewInput`). */
import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { isUsed } from '../../shared/contracts/row.ts';
import { PreviewInput } from '../../shared/contracts/preview.ts';
import { ResolvedObjective } from '../../shared/contracts/objective.ts';
import { AppError } from '../../shared/errors.ts';
import { readLines } from '../../shared/jsonl.ts';
import { lengthTally } from '../../shared/text/preview/lengths.ts';
import { encodeInput, previewRow, type PreviewOptions } from '../../shared/text/preview/row.ts';
import type { Tokenizer } from '../../shared/text/tokenizer.ts';
import { resolveBase } from '../weights/resolve.ts';
import { tokenizerOf } from '../weights/tokenizer.ts';

type Environment = Readonly<Record<string, string | undefined>>;
type Say = (line: object) => void;

const SAY_EVERY_MS = 5000;

const OPTIONS = {
  base: { type: 'string' },
  rows: { type: 'string' },
  objective: { type: 'string' },
  'max-length': { type: 'string' },
  show: { type: 'string', default: '' },
  lengths: { type: 'boolean', default: false },
} as const;

const read = (argv: readonly string[]) => {
  const { values } = parseArgs({ args: [...argv], options: OPTIONS });
  const { base, rows, objective, 'max-length': maxLength } = values;
  const types = ResolvedObjective.options.map(({ shape }) => shape.type.value);
  const type = types.find((known) => known === objective);
  if (!base || !rows || !type || !maxLength)
    throw new AppError(
      'invalid_request',
      'preview wants --base ID, --rows FILE, --objective and --max-length',
    );
  const options: PreviewOptions = { objective: type, maxLength: Number(maxLength) };
  return { base, rows, options, shown: new Set(values.show.split(',').map(Number)), lengths: values.lengths };
};

/** What a template refuses is named with its place. */
const named = <T>({ file, line }: PreviewInput, encode: () => T): T => {
  try {
    return encode();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError(error.code, `${file}, line ${line}: ${error.message}`, {
      cause: error,
      ...error.details,
    });
  }
};

const previewAll = async (tokenizer: Tokenizer, wanted: ReturnType<typeof read>, say: Say): Promise<void> => {
  const { options, shown, lengths } = wanted;
  const tally = lengthTally(options.maxLength);
  let [rows, said] = [0, Date.now()];
  for await (const { text } of readLines(createReadStream(wanted.rows))) {
    const input = PreviewInput.parse(JSON.parse(text));
    rows += 1;
    if (shown.has(input.number))
      say({ type: 'row', row: named(input, () => previewRow(tokenizer, input, options)) });
    if (lengths && isUsed(input.fate)) tally.add(named(input, () => encodeInput(tokenizer, input, options)));
    if (Date.now() - said < SAY_EVERY_MS) continue;
    said = Date.now();
    say({ type: 'note', message: `${rows.toLocaleString('en-US')} rows read as tokens` });
  }
  if (lengths) say({ type: 'lengths', lengths: tally.result() });
};

export const previewCommand = async (
  argv: readonly string[],
  env: Environment,
  say: Say,
): Promise<number> => {
  const wanted = read(argv);
  const home = resolve(env['DROPTUNE_HOME'] ?? '.droptune');
  const note = (message: string): void => say({ type: 'note', message });
  const base = await resolveBase(wanted.base, { home, env, note });
  await previewAll(await tokenizerOf(base), wanted, say);
  say({ type: 'done' });
  return 0;
};
