/** The front door: files in, canonical rows and a report out. */
import type { DatasetReport } from '../contracts/dataset.ts';
import type { Recipe, Shape } from '../contracts/recipe.ts';
import type { AccountedRow } from '../contracts/row.ts';
import type { SetCheck } from './checks/check.ts';
import { SET_CHECKS, SPLIT_CHECKS } from './checks/index.ts';
import { byRank, rankOf } from './hash.ts';
import { examinerHere, inOrder, type Examiner } from './in-order.ts';
import { unpacked, type Part } from './packed/index.ts';
import { personalTally } from './privacy/tally.ts';
import { readFile, type Source } from './read.ts';
import { settle } from './sides.ts';
import { joinNear } from './similar/near.ts';
import { memorySpill, type Spill } from './spill.ts';
import { tableOf, type Table } from './table.ts';
import { countKinds, countRows, lengths, problemTally } from './tally.ts';
import { unreadable } from './unreadable.ts';

type Tally = ReturnType<typeof problemTally>;

/** What the place where it runs lends: threads, room for rows, and how much may come in. */
export type Means = {
  readonly examiner: Examiner;
  readonly spill: Spill;
  readonly most: { readonly bytes: number; readonly rows: number };
};

const MIB = 1024 * 1024;

/** One thread, and memory for rows. */
const meansHere = (data: Recipe['data']): Means => ({
  examiner: examinerHere(data),
  spill: memorySpill(),
  most: { bytes: 512 * MIB, rows: 2_000_000 },
});

/** Lets every check look at all rows, each after the verdicts of those before it. */
const judgeSet = (checks: readonly SetCheck[], rows: Table, data: Recipe['data'], tally: Tally): void => {
  const broken = tally.rejects(); // a file that could not be read explains a lack of rows by itself
  for (const check of checks) {
    if (broken && check.rejects) continue;
    const fate = check.fateFor ? check.fateFor(data) : check.fate;
    for (const { row, excerpt } of check.judge(rows, data)) {
      const found = row === null ? null : rows.at(row);
      tally.add(found?.file ?? '', found?.line ?? null, { code: check.code, pointer: '', excerpt });
      if (found && fate !== null) rows.decide(found.row, fate, check.code);
    }
  }
};

/** Joins rows that say the same or nearly so. Nobody asks for what was set aside. */
const joinFamilies = (rows: Table, threshold: number): void => {
  const distinct: number[] = [];
  const first = new Int32Array(rows.length).fill(-1);
  for (const { row, fate, identity } of rows) {
    if (fate !== null || identity === null) continue;
    if (first[identity]! >= 0) rows.families.join(first[identity]!, row);
    else {
      first[identity] = row;
      distinct.push(row);
    }
  }
  const ranks = new Float64Array(rows.length);
  for (const row of distinct) ranks[row] = rankOf(rows.hash(row), 0);
  joinNear(rows, byRank(Uint32Array.from(distinct), ranks), rows.families, rows.traces, threshold);
};

const commonest = (shapes: DatasetReport['shapes']): Shape | null =>
  (Object.entries(shapes) as [Shape, number][]).reduce<[Shape | null, number]>(
    (best, next) => (next[1] > best[1] ? next : best),
    [null, 0],
  )[0];

type Read = Pick<DatasetReport, 'files' | 'shapes'> & {
  readonly rows: Table;
  readonly rowsIn: number;
  readonly tally: Tally;
  readonly personal: ReturnType<typeof personalTally>;
};

const readAll = async (sources: readonly Source[], { examiner, spill, most }: Means): Promise<Read> => {
  const tally = problemTally();
  const personal = personalTally();
  const shapes: DatasetReport['shapes'] = {};
  const files: DatasetReport['files'] = [];
  const parts: Part[] = [];
  const table = tableOf(parts, spill);
  let allowed = most.bytes;
  let rowsIn = 0;
  for await (const part of unpacked(sources)) {
    const index = parts.push(part) - 1;
    let before = 0;
    const lane = inOrder(examiner, (_, examined) => {
      rowsIn += examined.rows;
      table.add(index, examined, before);
      tally.merge(examined.problems, part.file, before);
      personal.merge(examined.personal, part.file, before);
      for (const [shape, n] of Object.entries(examined.shapes) as [Shape, number][])
        shapes[shape] = (shapes[shape] ?? 0) + n;
      const { broken } = examined;
      if (broken) unreadable(broken.code, broken.excerpt, (broken.line ?? 1) + before);
      if (rowsIn > most.rows) unreadable('too_large', `more than ${most.rows} rows`);
      before += examined.lines;
    });
    const { file, broken } = await readFile(part, allowed, lane);
    allowed -= file.bytes;
    files.push(file);
    for (const fault of broken ? [...part.remarks, broken] : part.remarks)
      tally.add(part.file, fault.line ?? null, fault);
  }
  await examiner.close(); // threads have memory of their own
  return { rows: table.build(), rowsIn, tally, personal, shapes, files };
};

const charactersOfTrain = (rows: Table): Uint32Array => {
  const found = new Uint32Array(rows.length);
  let n = 0;
  for (const { row, fate } of rows) if (fate === 'train') found[n++] = rows.characters[row]!;
  return found.subarray(0, n);
};

export type Sink = (row: AccountedRow) => void | Promise<void>;

/** Reads all sources once, in order, and tells `sink` (where there is one) every input row with its fate, in input order,
 *  after the last byte was read: a fate needs all rows. Until then canonical rows wait in the spill. Bad data is no
 *  exception but a report: `rejected` when a file cannot be read, when nothing or too little is left, or when most rows
 *  are bad. Rejects with what `chunks` or `sink` throw, and with TypeError should a row be unaccounted for. */
export const checkDataset = async (
  sources: readonly Source[],
  data: Recipe['data'],
  seed: number,
  sink: Sink | null,
  means: Means = meansHere(data),
): Promise<DatasetReport> => {
  const { rows, rowsIn, tally, personal, shapes, files } = await readAll(sources, means);
  joinFamilies(rows, data.near_threshold);
  judgeSet(SET_CHECKS, rows, data, tally);
  settle(rows, data, seed);
  judgeSet(SPLIT_CHECKS, rows, data, tally);
  const counts = countRows(rowsIn, rows);
  if (sink)
    for (const { row, file, line, fate } of rows)
      await sink({ file, line, fate: fate!, reason: rows.reason(row), row: rows.read(row) });
  return {
    version: 1,
    status: tally.rejects() ? 'rejected' : 'ready',
    shape: commonest(shapes),
    shapes,
    kinds: countKinds(rows),
    rows: counts,
    problems: tally.problems(),
    ...personal.report(data.privacy),
    files,
    characters: lengths(charactersOfTrain(rows)),
  };
};
