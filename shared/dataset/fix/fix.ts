/** `check --fix`: all rows of some files, mended where that can be done without inventing anything. */
import type { FixReport } from '../../contracts/dataset.ts';
import type { Recipe } from '../../contracts/recipe.ts';
import { hashesOf } from '../canonical.ts';
import type { InputRow } from '../containers/container.ts';
import type { Fault } from '../examine.ts';
import { linesOf } from '../lines.ts';
import { unpacked } from '../packed/index.ts';
import { masked } from '../privacy/mask.ts';
import { readFile, type Source } from '../read.ts';
import { problemTally } from '../tally.ts';
import { mendInput } from './mend-input.ts';

/** What becomes of an input row: `kept` goes into the mended file, `rest` beside it, with its reason. */
export type FixedRow = { readonly role: Source['role'] } & (
  | { readonly to: 'kept'; readonly value: unknown }
  | {
      readonly to: 'rest';
      readonly file: string;
      readonly line: number;
      readonly reason: string;
      readonly value: unknown;
    }
);

const rowsIn = function* (
  batch: { readonly rows: readonly InputRow[] } | { readonly lines: Uint8Array; readonly offset: number },
  before: number,
): Generator<InputRow> {
  if ('rows' in batch) yield* batch.rows;
  else for (const row of linesOf(batch.lines, batch.offset).rows()) yield { ...row, line: row.line + before };
};

/** Equal rows of a side are told by their hash. */
const seenBefore = () => {
  const seen = new Map<string, string>();
  return (key: string, place: string): string | null => {
    const first = seen.get(key) ?? null;
    if (first === null) seen.set(key, place);
    return first;
  };
};

/** Reads all sources in order and hands every row on, once. Exact duplicates and rows that cannot be used go to the rest. */
export const fixDataset = async (
  sources: readonly Source[],
  data: Recipe['data'],
  sink: (row: FixedRow) => void | Promise<void>,
): Promise<FixReport> => {
  const [mended, rest] = [problemTally(), problemTally()];
  const rows = { in: 0, unchanged: 0, mended: 0, duplicate: 0, left_out: 0 };
  const firstOf = seenBefore();
  const settle = async (source: Pick<Source, 'file' | 'role'>, input: InputRow): Promise<void> => {
    const { file, role } = source;
    const { changes, value, examined, faults } = mendInput(input, data);
    rows.in += 1;
    const leave = async (fault: Fault): Promise<void> => {
      rest.add(file, fault.line ?? input.line, { ...fault, excerpt: masked(fault.excerpt) });
      await sink({ to: 'rest', role, file, line: input.line, reason: fault.code, value });
    };
    if (!examined || examined.fate !== null || !examined.row) {
      rows.left_out += 1;
      return leave(faults[0]!);
    }
    const place = `line ${input.line} of ${file}`;
    const same =
      data.duplicates === 'drop'
        ? firstOf(`${role} ${hashesOf(examined.row).identity.join(' ')}`, place)
        : null;
    if (same !== null) {
      rows.duplicate += 1;
      return leave({ code: 'exact_duplicate', pointer: '', excerpt: `same as ${same}` });
    }
    for (const change of changes)
      mended.add(file, change.line ?? input.line, { ...change, excerpt: masked(change.excerpt) });
    if (changes.length > 0) rows.mended += 1;
    else rows.unchanged += 1;
    await sink({ to: 'kept', role, value });
  };
  for await (const source of unpacked(sources)) {
    let before = 0;
    const { broken } = await readFile(source, Number.MAX_SAFE_INTEGER, {
      async take(batch) {
        for (const input of rowsIn(batch, before)) await settle(source, input);
        if ('lines' in batch) before += linesOf(batch.lines, batch.offset).count;
      },
      drain: () => Promise.resolve(),
    });
    for (const fault of broken ? [...source.remarks, broken] : source.remarks)
      rest.add(source.file, fault.line ?? null, fault);
  }
  return { rows, mended: mended.problems(), left_out: rest.problems() };
};
