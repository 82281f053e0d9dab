/** Many input rows at once → what is kept of them, as typed arrays: small, and free to move between threads. */
import type { Recipe, Shape } from '../contracts/recipe.ts';
import type { Fate, RowKind } from '../contracts/row.ts';
import { charactersOf, hashesOf } from './canonical.ts';
import { CODES } from './checks/index.ts';
import { forgetCodes } from './codes.ts';
import { putTraits, traitColumns } from './checks/traits.ts';
import type { InputRow } from './containers/container.ts';
import { examineAll, judged, type Examined } from './examine.ts';
import type { Hash64 } from './hash.ts';
import { linesOf } from './lines.ts';
import type { Defect } from './problems.ts';
import { tracer, type Traces } from './similar/traces.ts';
import { protect, type Protected } from './privacy/protect.ts';
import { personalTally, type PersonalGroups } from './privacy/tally.ts';
import type { Terms } from './privacy/treat.ts';
import { problemTally, type Groups } from './tally.ts';
import { isVerbatim } from './verbatim.ts';

/** Rows as a container reads them, or whole lines of JSON Lines in UTF-8 from byte `offset` of the file. */
export type Batch =
  | { readonly rows: readonly InputRow[] }
  | { readonly lines: Uint8Array; readonly offset: number };

/** In these orders fate, kind and reason are numbers; 0 = none. */
export const FATES: readonly Fate[] = ['train', 'held_out', 'dropped', 'duplicate', 'quarantined'];
export const KINDS: readonly RowKind[] = ['chat', 'text', 'preference', 'kto'];
/** Bits of `labels`. */
export const [GOOD, BAD] = [1, 2];

/** Hashes of a row, two words each; both 0 = none. */
export const HASHES = ['identity', 'opening', 'prompt', 'answer'] as const;
type HashName = (typeof HASHES)[number];

export const columnsFor = (n: number) => ({
  /** line where the row begins; from 1, of the batch where that is lines, else of the file */
  line: new Uint32Array(n),
  fate: new Uint8Array(n),
  reason: new Uint8Array(n),
  kind: new Uint8Array(n),
  labels: new Uint8Array(n),
  characters: new Uint32Array(n),
  ...traitColumns(n),
  /** where its JSON ends in `json`; it begins where the one before ends */
  end: new Uint32Array(n),
  ...(Object.fromEntries(HASHES.map((name) => [name, new Uint32Array(2 * n)])) as Record<
    HashName,
    Uint32Array<ArrayBuffer>
  >),
});
export type Columns = ReturnType<typeof columnsFor>;

export type ExaminedBatch = {
  readonly rows: number;
  /** how many lines the batch has; 0 where lines are the file's */
  readonly lines: number;
  readonly columns: Columns;
  /** rows as JSON, end to end: see `rowOf` */
  readonly json: Uint8Array<ArrayBuffer>;
  readonly traces: Traces;
  readonly shapes: Readonly<Partial<Record<Shape, number>>>;
  /** with the lines of the batch, and no file */
  readonly problems: Groups;
  readonly personal: PersonalGroups;
  /** why reading must end here */
  readonly broken: Defect | null;
};

/** Every buffer of a batch. */
export const buffersOf = ({ json, columns, traces }: ExaminedBatch): ArrayBuffer[] =>
  [json, ...Object.values(columns), ...Object.values(traces)].map(({ buffer }) => buffer);

/** Texts end to end in UTF-8. */
const byteWriter = (capacity: number) => {
  const encoder = new TextEncoder();
  let bytes = new Uint8Array(capacity);
  let used = 0;
  const reserve = (more: number): void => {
    if (bytes.length - used >= more) return;
    const grown = new Uint8Array(2 * bytes.length + more);
    grown.set(bytes.subarray(0, used));
    bytes = grown;
  };
  return {
    add(text: string): number {
      reserve(3 * text.length);
      used += encoder.encodeInto(text, bytes.subarray(used)).written;
      return used;
    },
    copy(of: Uint8Array): number {
      reserve(of.length);
      bytes.set(of, used);
      used += of.length;
      return used;
    },
    used: () => used,
    taken: () => bytes.slice(0, used),
  };
};

/** The same in groups of so many. */
const inGroups = function* <T>(all: Iterable<T>, size: number): Generator<readonly T[]> {
  let group: T[] = [];
  for (const one of all) {
    group.push(one);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
};

const put = (column: Uint32Array, row: number, hash: Hash64 | null): void => {
  if (!hash) return;
  column[2 * row] = hash[0];
  column[2 * row + 1] = hash[1];
};

const fill = (columns: Columns, i: number, { row, fate, reason, traits }: Examined): void => {
  columns.fate[i] = fate === null ? 0 : FATES.indexOf(fate) + 1;
  columns.reason[i] = reason === null ? 0 : CODES.indexOf(reason) + 1;
  if (!row) return;
  columns.kind[i] = KINDS.indexOf(row.kind) + 1;
  if (row.kind === 'preference') columns.labels[i] = GOOD | BAD;
  if (row.kind === 'kto') columns.labels[i] = row.label ? GOOD : BAD;
  columns.characters[i] = charactersOf(row);
  if (traits) putTraits(columns, i, traits);
  const { identity, opening, prompt, answer } = hashesOf(row);
  put(columns.identity, i, identity);
  put(columns.opening, i, opening);
  put(columns.prompt, i, prompt);
  put(columns.answer, i, answer);
};

const cut = (columns: Columns, rows: number): Columns =>
  Object.fromEntries(
    Object.entries(columns).map(([name, column]) => [
      name,
      column.slice(0, (HASHES as readonly string[]).includes(name) ? 2 * rows : rows),
    ]),
  ) as Columns;

/** Rows that go through each stage together: their texts and what is made of them fit into a processor's cache. */
const TOGETHER = 64;

/** Examined and treated by what the recipe says of personal data, in order. */
const examineGroup = (
  inputs: readonly InputRow[],
  data: Recipe['data'],
  terms: Terms,
): readonly Protected[] => {
  forgetCodes();
  const read = inputs.filter((input) => 'value' in input);
  const examined = examineAll(read, data).map((one, i) => protect(one, read[i]!.value, terms));
  if (read.length === inputs.length) return examined;
  let next = 0;
  return inputs.map((input) =>
    'error' in input ? { examined: judged(null, null, [input.error]), personal: [] } : examined[next++]!,
  );
};

/** Pseudonyms are drawn with the secret. */
export const examineBatch = (batch: Batch, data: Recipe['data'], secret: string): ExaminedBatch => {
  const read = 'lines' in batch ? linesOf(batch.lines, batch.offset) : null;
  const most = read ? read.count : 'rows' in batch ? batch.rows.length : 0;
  const columns = columnsFor(most);
  const json = byteWriter('lines' in batch ? batch.lines.length + 1024 : 65_536);
  const traces = tracer(most, data.near_threshold);
  const tally = problemTally();
  const found = personalTally();
  const terms = { privacy: data.privacy, secret };
  const shapes: Partial<Record<Shape, number>> = {};
  let rows = 0;
  for (const group of inGroups(read ? read.rows() : 'rows' in batch ? batch.rows : [], TOGETHER)) {
    const all = examineGroup(group, data, terms);
    for (const [i, { examined, personal }] of all.entries()) {
      const { line } = group[i]!;
      for (const { type, pointer } of personal) found.add(type, '', line, pointer);
      for (const fault of examined.faults) tally.add('', fault.line ?? line, fault);
      if (examined.shape) shapes[examined.shape] = (shapes[examined.shape] ?? 0) + 1;
      columns.line[rows + i] = line;
      fill(columns, rows + i, examined);
    }
    for (const [i, { examined }] of all.entries())
      traces.add(rows + i, examined.fate === null ? examined.row : null);
    for (const [i, { examined }] of all.entries()) {
      const input = group[i]!;
      if (!examined.row) columns.end[rows + i] = json.used();
      else if (read && 'value' in input && isVerbatim(input.value, examined.row))
        columns.end[rows + i] = json.copy(read.bytesOf(input.line));
      else columns.end[rows + i] = json.add(JSON.stringify(examined.row));
    }
    rows += all.length;
  }
  return {
    rows,
    lines: read?.count ?? 0,
    columns: rows < most ? cut(columns, rows) : columns,
    json: json.taken(),
    traces: traces.done(rows),
    shapes,
    problems: tally.groups,
    personal: found.groups,
    broken: read?.broken ?? null,
  };
};
