/** All rows of a dataset as columns: some fifty bytes a row, whatever its length. The rows' own text waits in a spill. */
import { blockOf } from './block-of.ts';
import type { Fate } from '../contracts/row.ts';
import { buffersOf, columnsFor, FATES, HASHES, KINDS, type Columns, type ExaminedBatch } from './batch.ts';
import { CODES } from './checks/index.ts';
import type { Facts, Rows, Wanted } from './checks/check.ts';
import { FactsOfRow, type Firsts } from './facts.ts';
import { firstWithSame } from './first-with-same.ts';
import type { Hash64 } from './hash.ts';
import { letGo } from '../let-go.ts';
import type { Source } from './read.ts';
import { STRIDE, traceStore, type TraceStore } from './similar/traces.ts';
import { union, type Union } from './similar/union.ts';
import type { Spill } from './spill.ts';
import { rowOf } from './verbatim.ts';

type HashName = (typeof HASHES)[number];
type Identified = Pick<Source, 'file' | 'role'>;

type Column = Uint32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

const CHUNK = 65_536;

/** A column that grows, in large chunks: were the small parts kept that it comes in, they would lie scattered among the
 *  buffers that come and go, whose memory the process could not give back. */
const growing = (empty: Column) => {
  const make = (length: number): Column =>
    empty instanceof Uint8Array ? new Uint8Array(length) : new Uint32Array(length);
  const chunks: Column[] = [];
  let length = 0;
  return {
    add(part: Column): void {
      for (let done = 0; done < part.length;) {
        const used = length % CHUNK;
        if (used === 0) chunks.push(make(CHUNK));
        const some = part.subarray(done, done + CHUNK - used);
        chunks.at(-1)!.set(some, used);
        done += some.length;
        length += some.length;
      }
    },
    /** All of it, once. */
    take(): Column {
      const all = make(length);
      for (let at = 0; chunks.length > 0; at += CHUNK) all.set(chunks.shift()!.subarray(0, length - at), at);
      return all;
    },
  };
};

/** Columns, joined one after another so that not all of them are in memory twice. */
const columnParts = () => {
  const names = Object.keys(columnsFor(0)) as (keyof Columns)[];
  const parts = new Map(names.map((name) => [name, growing(columnsFor(0)[name])]));
  const take = (name: keyof Columns): Column => {
    const all = parts.get(name)!.take();
    parts.delete(name);
    return all;
  };
  const words = (name: HashName): Uint32Array => take(name) as Uint32Array;
  return {
    add(columns: Columns): void {
      for (const name of names) parts.get(name)!.add(columns[name]);
    },
    /** Once. Of hashes all but the row's own become numbers of rows. */
    columns() {
      const identity = words('identity');
      const first: Firsts = {
        identity: firstWithSame(identity),
        opening: firstWithSame(words('opening')),
        prompt: firstWithSame(words('prompt')),
        answer: firstWithSame(words('answer')),
      };
      const rest = Object.fromEntries([...parts.keys()].map((name) => [name, take(name)]));
      return { first, columns: { ...(rest as Omit<Columns, HashName>), identity } };
    },
  };
};
type Kept = ReturnType<ReturnType<typeof columnParts>['columns']>;

export type Table = Rows & {
  readonly characters: Uint32Array;
  hash(row: number): Hash64;
  readonly traces: TraceStore;
  /** near-duplicates, once they are joined */
  readonly families: Union;
  /** `code` is the reason, null for rows that are used */
  decide(row: number, fate: Fate, code: string | null): void;
  reason(row: number): string | null;
};

type Block = { readonly from: number; readonly at: number };

/** Grows batch by batch, then becomes the table. */
export const tableOf = (sources: readonly Identified[], spill: Spill) => {
  const parts = columnParts();
  const blocks: Block[] = [];
  const traces = traceStore(spill);
  const owners: { source: number; rows: number }[] = [];
  let length = 0;
  return {
    /** Takes the batch's arrays over. `before`: lines of the file before those of the batch. */
    add(source: number, batch: ExaminedBatch, before: number): void {
      const { columns, rows, json, traces: found } = batch;
      for (let i = 0; i < rows; i++) columns.line[i]! += before;
      parts.add(columns);
      blocks.push({ from: length, at: spill.append(json) });
      owners.push({ source, rows });
      traces.add(rows, found);
      length += rows;
      if (spill.copies) letGo(buffersOf(batch));
    },
    build(): Table {
      const source = new Uint16Array(length);
      for (const [i, { source: index, rows }] of owners.entries())
        source.fill(index, blocks[i]!.from, blocks[i]!.from + rows);
      return finish({ ...parts.columns(), sources, source, blocks, spill, traces });
    },
  };
};

type Parts = Pick<Table, 'traces'> &
  Kept & {
    readonly sources: readonly Identified[];
    readonly source: Uint16Array;
    readonly blocks: readonly Block[];
    readonly spill: Spill;
  };

/** A loop over columns. */
const openIn = ({ source, sources, columns: { fate, kind } }: Parts, { kinds = KINDS, role }: Wanted) => {
  const isWanted = [false, ...KINDS.map((each) => kinds.includes(each))];
  const isFrom = sources.map((each) => role === undefined || each.role === role);
  if (!isFrom.includes(true)) return new Uint32Array(0);
  const open = new Uint32Array(fate.length);
  let n = 0;
  for (let row = 0; row < fate.length; row++)
    if (fate[row] === 0 && isWanted[kind[row]!] && isFrom[source[row]!]) open[n++] = row;
  return open.subarray(0, n);
};

/** Open rows as they are asked for: a dozen checks want the same, and hardly any changes what is open. */
const openRows = (parts: Parts) => {
  const known = new Map<string, Uint32Array>();
  return {
    wanted(wanted: Wanted): Uint32Array {
      const key = JSON.stringify([wanted.kinds, wanted.role]);
      const found = known.get(key) ?? openIn(parts, wanted);
      known.set(key, found);
      return found;
    },
    changed(): void {
      if (known.size > 0) known.clear();
    },
  };
};

const finish = (parts: Parts): Table => {
  const { sources, source, first, columns, blocks, spill, traces } = parts;
  const families = union(source.length);
  const length = source.length;
  const known = { ...columns, sources, source, first, families };
  const at = (row: number): Facts => new FactsOfRow(known, row);
  const decoder = new TextDecoder();
  const open = openRows(parts);
  return {
    length,
    characters: columns.characters,
    traces,
    families,
    grams: traces.grams,
    stride: STRIDE,
    traits: columns,
    at,
    open: (wanted = {}) => open.wanted(wanted),
    *[Symbol.iterator]() {
      for (let row = 0; row < length; row++) yield at(row);
    },
    read(row) {
      if (columns.kind[row] === 0) return null;
      const { from, at: base } = blockOf(blocks, row);
      const begin = row === from ? 0 : columns.end[row - 1]!;
      const bytes = spill.read(base + begin, columns.end[row]! - begin);
      return rowOf(JSON.parse(decoder.decode(bytes)) as Parameters<typeof rowOf>[0]);
    },
    hash: (row) => [columns.identity[2 * row]!, columns.identity[2 * row + 1]!],
    decide(row, fate, code) {
      open.changed();
      columns.fate[row] = FATES.indexOf(fate) + 1;
      columns.reason[row] = code === null ? 0 : CODES.indexOf(code) + 1;
    },
    reason: (row) => (columns.reason[row] === 0 ? null : CODES[columns.reason[row]! - 1]!),
  };
};
