/** Canonical rows to token shards: once a job, before the engine starts. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import type { ResolvedObjective } from '../../shared/contracts/objective.ts';
import { AccountedRow, isUsed, type Row } from '../../shared/contracts/row.ts';
import { AppError } from '../../shared/errors.ts';
import { encodeExamples, type Examples } from '../../shared/text/examples.ts';
import { joinRows, type TokenRow } from '../../shared/text/shards.ts';
import type { Tokenizer } from '../../shared/text/tokenizer.ts';
import { writeSafetensors } from '../weights/safetensors.ts';

const LONGEST_TURN_MS = 25; // the heartbeat and the control are served between turns

export type HeldOutRow = { readonly line: number; readonly row: Row };
/** A pair of answers is two rows of one line: chosen, then rejected. Held-out rows have both, whatever is trained. */
export type TokenizedRows = {
  readonly train: readonly TokenRow[];
  /** rows of the data that `train` is made of: a pair is one, and so is a dialogue of several sequences */
  readonly train_rows: number;
  readonly held_out: readonly TokenRow[];
  /** in the order of `held_out`, a pair once */
  readonly held_out_rows: readonly HeldOutRow[];
  /** rows that were cut to `maxLength` */
  readonly truncated: number;
  /** rows without a token to learn from, left out of both */
  readonly empty: number;
};

type Sorted = {
  train: TokenRow[];
  train_rows: number;
  held_out: TokenRow[];
  held_out_rows: HeldOutRow[];
};

const add = (to: Sorted, { fate, line, row }: AccountedRow, { rows }: Examples): void => {
  if (rows.length === 0 || !isUsed(fate)) return;
  for (const { ids, weights, desirable } of rows)
    to[fate].push({ ids, weights, line, ...(desirable !== undefined && { desirable }) });
  if (fate === 'train') to.train_rows += 1;
  else if (row) to.held_out_rows.push({ line, row });
};

async function* rowsOf(path: string): AsyncGenerator<AccountedRow> {
  const lines = createInterface({ input: createReadStream(path).pipe(createGunzip()), crlfDelay: Infinity });
  for await (const line of lines) if (line !== '') yield AccountedRow.parse(JSON.parse(line));
}

type Wanted = {
  readonly objective: ResolvedObjective['type'];
  readonly maxLength: number;
};

/** Null for rows that the engine is not to see. What a template refuses is named with its place. */
const encodeOne = (
  { file, line, fate, row }: AccountedRow,
  tokenizer: Tokenizer,
  { objective, maxLength }: Wanted,
): Examples | null => {
  if (!row || !isUsed(fate)) return null;
  try {
    return encodeExamples(tokenizer, row, { objective, maxLength, compared: fate === 'held_out' });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError(error.code, `${file}, line ${line}: ${error.message}`, {
      cause: error,
      ...error.details,
    });
  }
};

/** Reads `rows.jsonl.gz`. Throws the signal's reason as soon as it is aborted. */
export const tokenizeRows = async (
  path: string,
  tokenizer: Tokenizer,
  { signal, ...wanted }: Wanted & { signal: AbortSignal },
): Promise<TokenizedRows> => {
  const rows: Sorted = { train: [], train_rows: 0, held_out: [], held_out_rows: [] };
  let truncated = 0;
  let empty = 0;
  let turn = performance.now();
  for await (const accounted of rowsOf(path)) {
    if (performance.now() - turn > LONGEST_TURN_MS) {
      await nextTurn();
      signal.throwIfAborted();
      turn = performance.now();
    }
    const tokens = encodeOne(accounted, tokenizer, wanted);
    if (!tokens) continue;
    truncated += tokens.truncated ? 1 : 0;
    empty += tokens.rows.length === 0 ? 1 : 0;
    add(rows, accounted, tokens);
  }
  if (rows.train.length === 0)
    throw new AppError(
      'invalid_training_file',
      `No row is left to train on: ${empty} rows have no answer within ${wanted.maxLength} tokens`,
      { hint: 'Raise training.max_length, or shorten what comes before the answers' },
    );
  return { ...rows, truncated, empty };
};

/** Writes rows as `shared/text/shards.ts` says. */
export const writeShard = (path: string, rows: readonly TokenRow[]): void => {
  const { input_ids, weights, offsets, lines, desirable } = joinRows(rows);
  writeSafetensors(path, {
    input_ids: { dtype: 'I32', shape: [input_ids.length], data: input_ids },
    weights: { dtype: 'F32', shape: [weights.length], data: weights },
    offsets: { dtype: 'I64', shape: [offsets.length], data: offsets },
    lines: { dtype: 'I32', shape: [lines.length], data: lines },
    ...(desirable && { desirable: { dtype: 'I32', shape: [desirable.length], data: desirable } }),
  });
};
