/** The front door: files in, canonical rows and a report out. */
import type { DatasetReport } from '../contracts/dataset.ts';
import type { Recipe, Shape } from '../contracts/recipe.ts';
import type { AccountedRow, Fate, Row, RowKind } from '../contracts/row.ts';
import { charactersOf, hashOf } from './canonical.ts';
import type { Facts } from './checks/check.ts';
import { SET_CHECKS } from './checks/index.ts';
import type { Examined } from './examine.ts';
import { readFile, type ReadFile, type Source } from './read.ts';
import { chooseHeldOut } from './split.ts';
import { countKinds, countRows, lengths, problemTally } from './tally.ts';

/** Bytes of input that one dataset may have, since its rows wait in memory (as bytes, outside the heap). */
const LARGEST_DATASET = 512 * 1024 * 1024;

type Entry = Facts & {
  readonly reason: string | null;
  readonly kind: RowKind | null;
  readonly characters: number;
  readonly bytes: Buffer | null;
};
type Tally = ReturnType<typeof problemTally>;

const toEntry = (source: Source, line: number, { row, fate, reason }: Examined): Entry => ({
  file: source.file,
  role: source.role,
  line,
  fate,
  reason,
  hash: row && hashOf(row),
  kind: row && row.kind,
  labels: row?.kind === 'kto' ? [row.label] : row?.kind === 'preference' ? [true, false] : [],
  characters: row ? charactersOf(row) : 0,
  bytes: row && Buffer.from(JSON.stringify(row)),
});

/** Lets every check look at all rows, each after the verdicts of those before it. */
const judgeSet = (entries: readonly Entry[], data: Recipe['data'], tally: Tally): readonly Entry[] => {
  const broken = tally.rejects(); // a file that could not be read explains a lack of rows by itself
  const rows = [...entries];
  for (const check of SET_CHECKS) {
    if (broken && check.rejects) continue;
    const fate = check.fateFor ? check.fateFor(data) : check.fate;
    for (const { row, excerpt } of check.judge(rows, data)) {
      const found = row === null ? null : rows[row]!;
      tally.add(found?.file ?? '', found?.line ?? null, { code: check.code, pointer: '', excerpt });
      if (found && fate !== null) rows[row!] = { ...found, fate, reason: check.code };
    }
  }
  return rows;
};

/** A fate for every row: valid files are the test, without them rows of the train files are. */
const settle = (entries: readonly Entry[], data: Recipe['data'], seed: number): readonly Fate[] => {
  const open = entries.filter(({ fate, role }) => fate === null && role === 'train').map(({ hash }) => hash!);
  const given = entries.some(({ role }) => role === 'valid');
  const held = given ? new Set<string>() : chooseHeldOut(open, data.held_out, seed);
  return entries.map(
    ({ fate, role, hash }) => fate ?? (role === 'valid' || held.has(hash!) ? 'held_out' : 'train'),
  );
};

const commonest = (shapes: DatasetReport['shapes']): Shape | null =>
  (Object.entries(shapes) as [Shape, number][]).reduce<[Shape | null, number]>(
    (best, next) => (next[1] > best[1] ? next : best),
    [null, 0],
  )[0];

/** Reads all sources once, in order, and tells `sink` every input row with its fate, in input order, after the last
 *  byte was read (a fate needs all rows). Until then canonical rows wait in memory as bytes: input beyond 512 MB is
 *  refused as `too_large`. Bad data is no exception but a report: `rejected` when a file cannot be read, when nothing
 *  or too little is left, or when most rows are bad. Rejects with what `chunks` or `sink` throw, and with TypeError
 *  should a row be unaccounted for. */
export const checkDataset = async (
  sources: readonly Source[],
  data: Recipe['data'],
  seed: number,
  sink: (row: AccountedRow) => void | Promise<void>,
): Promise<DatasetReport> => {
  const tally = problemTally();
  const shapes: DatasetReport['shapes'] = {};
  const entries: Entry[] = [];
  const files: ReadFile['file'][] = [];
  let allowed = LARGEST_DATASET;
  let rowsIn = 0;
  for (const source of sources) {
    const { file, broken } = await readFile(source, data, allowed, (line, examined) => {
      rowsIn += 1;
      for (const fault of examined.faults) tally.add(source.file, fault.line ?? line, fault);
      if (examined.shape) shapes[examined.shape] = (shapes[examined.shape] ?? 0) + 1;
      entries.push(toEntry(source, line, examined));
    });
    allowed -= file.bytes;
    files.push(file);
    if (broken) tally.add(source.file, broken.line ?? null, broken);
  }
  const judged = judgeSet(entries, data, tally);
  const fates = settle(judged, data, seed);
  const rows = countRows(rowsIn, fates);
  for (const [i, { file, line, reason, bytes }] of judged.entries()) {
    const row = bytes && (JSON.parse(bytes.toString()) as Row);
    await sink({ file, line, fate: fates[i]!, reason, row });
  }
  return {
    version: 1,
    status: tally.rejects() ? 'rejected' : 'ready',
    shape: commonest(shapes),
    shapes,
    kinds: countKinds(judged.filter((_, i) => fates[i] === 'train' || fates[i] === 'held_out')),
    rows,
    problems: tally.problems(),
    files,
    characters: lengths(judged.filter((_, i) => fates[i] === 'train').map(({ characters }) => characters)),
  };
};
