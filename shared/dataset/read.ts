/** All rows of one file, in batches. */
import type { DatasetReport } from '../contracts/dataset.ts';
import type { Batch } from './batch.ts';
import type { InputRow } from './containers/container.ts';
import { isJsonLines, readRows } from './containers/index.ts';
import { decodeText } from './decode.ts';
import { pieces } from './lines.ts';
import type { Part } from './packed/index.ts';
import type { Defect } from './problems.ts';
import { defectOf, unreadable } from './unreadable.ts';

export type Source = {
  readonly file: string;
  readonly role: 'train' | 'valid';
  readonly chunks: AsyncIterable<Uint8Array>;
  /** whether each chunk has a buffer to itself, at which nobody else looks */
  readonly own?: boolean;
  /** bytes of it, where they are known beforehand */
  readonly size?: number;
  /** what there is to say of the place that it lies in */
  readonly remarks?: readonly Defect[];
};

export type ReadFile = {
  readonly file: DatasetReport['files'][number];
  /** why reading ended early, null when it did not */
  readonly broken: Defect | null;
};

/** Bytes of a file that is not JSON Lines: some of those are held in memory as one text. */
const LARGEST_TEXT = 512 * 1024 * 1024;
const NEWLINE = 0x0a;
const HEAD = 65_536;
const LONGEST_HEAD = 1024 * 1024;
const ROWS = 256;

/** The first chunks, at least 64 KiB and a line of them, and all again. */
const peek = async (chunks: AsyncIterable<Uint8Array>) => {
  const rest = chunks[Symbol.asyncIterator]();
  const taken: Uint8Array[] = [];
  let [size, line, whole] = [0, false, false];
  let failure: { readonly error: unknown } | null = null;
  while (!whole && !failure && !(size >= HEAD && (line || size >= LONGEST_HEAD))) {
    try {
      const next = await rest.next();
      if (next.done) whole = true;
      else {
        taken.push(next.value);
        size += next.value.length;
        line ||= next.value.includes(NEWLINE);
      }
    } catch (error) {
      failure = { error };
    }
  }
  const all = async function* (): AsyncGenerator<Uint8Array> {
    yield* taken;
    if (failure) throw failure.error;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  };
  // cut at a fixed place, so that the verdict does not depend on how the bytes were chunked
  const bytes = Buffer.concat(taken);
  const head = bytes.subarray(0, Math.max(HEAD, bytes.indexOf(NEWLINE) + 1));
  return { head, whole: whole && head.length === bytes.length, all: all() };
};

const batched = async function* (rows: AsyncIterable<InputRow>): AsyncGenerator<Batch> {
  let waiting: InputRow[] = [];
  try {
    for await (const row of rows) {
      waiting.push(row);
      if (waiting.length < ROWS) continue;
      yield { rows: waiting };
      waiting = [];
    }
  } catch (error) {
    if (waiting.length > 0) yield { rows: waiting }; // what came before the failure is accounted for
    throw error;
  }
  if (waiting.length > 0) yield { rows: waiting };
};

export type Lane = {
  /** Takes a batch when there is room for it. Throws `unreadable` where an earlier one cannot be read on. */
  take(batch: Batch): Promise<void>;
  /** Waits until all that was taken is done. */
  drain(): Promise<void>;
};

const batchesOf = async function* (
  name: string,
  bytes: AsyncIterable<Uint8Array>,
  own: boolean,
  seen: (encoding: string, jsonLines: boolean) => void,
): AsyncGenerator<Batch> {
  const { head, whole, all } = await peek(bytes);
  if (isJsonLines(head, whole, name)) {
    seen('utf-8', true);
    yield* pieces(all, own);
  } else {
    const text = decodeText(all, (found) => seen(found, false));
    yield* batched(readRows(text, name));
  }
};

/** `faq.jsonl.gz` holds `faq.jsonl`. */
const nameWithin = (file: string): string => file.replace(/\.(?:gz|zst)$/i, '');

/** The defect of a file that cannot be read on; any other failure goes on. */
const defect = (error: unknown): Defect => {
  const found = defectOf(error);
  if (!found) throw error;
  return found;
};

/** Hands every batch to the lane, in order. `allowed` is how many bytes may still be read. */
export const readFile = async (
  { file, role, content, own = false }: Part,
  allowed: number,
  { take, drain }: Lane,
): Promise<ReadFile> => {
  let bytes = 0;
  let encoding = 'unknown';
  let most = allowed;
  const counted = async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > most) unreadable('too_large', `more than ${most} bytes`);
      yield chunk;
    }
  };
  const seen = (found: string, jsonLines: boolean): void => {
    encoding = found;
    if (!jsonLines) most = Math.min(allowed, LARGEST_TEXT);
  };
  const batches = (): AsyncGenerator<Batch> => {
    if (!('rows' in content)) return batchesOf(nameWithin(file), counted(content), own, seen);
    ({ bytes, encoding } = content);
    return batched(content.rows);
  };
  let broken: Defect | null = null;
  try {
    for await (const batch of batches()) await take(batch);
  } catch (error) {
    broken = defect(error);
  }
  try {
    await drain(); // what was taken came before: its defect is the first
  } catch (error) {
    broken = defect(error);
  }
  return { file: { file, role, bytes, encoding }, broken };
};
