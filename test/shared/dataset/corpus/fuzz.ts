/** Files with their bytes or their structure changed, and what must be true of the answer to any file at all. */
import * as fc from 'fast-check';
import { DatasetReport } from '../../../../shared/contracts/dataset.ts';
import { AccountedRow } from '../../../../shared/contracts/row.ts';
import { PROBLEMS } from '../../../../shared/dataset/problems.ts';
import { drop } from '../drop.ts';
import { cellOf, CONTAINERS } from './containers.ts';
import { SPELLINGS, type Fields } from './shapes.ts';

export type Case = {
  readonly file: string;
  readonly body: Uint8Array;
  readonly chunk: number;
  /** how many rows it has, null where its bytes or its name were changed, or where it can be read in two ways */
  readonly rows: number | null;
};

const deep = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));
/** What a pattern may look at again and again. */
const RUNS = [
  'x',
  '0',
  ' ',
  '\n',
  '?',
  '-',
  '{',
  'a.',
  'a@',
  '<a>',
  '[',
  '"',
  'key=',
  '1-',
  '中',
  '\n\nHuman: ',
  'http://',
];
const run = fc.constantFrom(...RUNS).map((unit) => `${unit.repeat(20_000 / unit.length)} !`);

const oddValue = fc.oneof(
  run,
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1.5,
    1e308,
    '',
    ' ',
    '\ud800',
    '\0',
    '\ufeff',
    '<|endoftext|>',
    [],
    {},
  ),
  fc.constantFrom<unknown>(deep(300), deep(1000), 'x'.repeat(100_000), Array(2000).fill(0)),
  fc.string({ unit: 'binary' }),
  fc.jsonValue({ maxDepth: 4 }),
);

/** Where in a row, what is done there, and with what. */
const change = fc.record({
  row: fc.nat(20),
  path: fc.array(fc.nat(6), { minLength: 1, maxLength: 6 }),
  how: fc.constantFrom('replace', 'remove', 'rename', 'repeat', 'wrap'),
  value: oddValue,
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

const applied = (
  target: unknown,
  [step = 0, ...path]: readonly number[],
  { how, value }: Change,
): unknown => {
  if (typeof target !== 'object' || target === null) return value;
  const keys = Object.keys(target);
  const key = keys[step % Math.max(1, keys.length)];
  if (key === undefined) return value;
  const entries = Object.entries(target as Fields);
  const at = keys.indexOf(key);
  const inner = entries[at]![1];
  const deeper = path.length > 0 && typeof inner === 'object' && inner !== null;
  const now = deeper ? applied(inner, path, { how, value } as Change) : value;
  const made: [string, unknown][] =
    deeper || how === 'replace'
      ? [[key, now]]
      : how === 'remove'
        ? []
        : how === 'rename'
          ? [[typeof value === 'string' ? value.slice(0, 50) : '__proto__', inner]]
          : how === 'wrap'
            ? [[key, [inner]]]
            : [
                [key, inner],
                [`${key}2`, inner],
              ];
  const all = [...entries.slice(0, at), ...made, ...entries.slice(at + 1)];
  return Array.isArray(target) ? all.map(([, entry]) => entry) : Object.fromEntries(all);
};

/** Place as a share of the file, length, and what is done with the bytes there. */
const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat(40),
  how: fc.constantFrom('set', 'set', 'set', 'flip', 'insert', 'remove', 'repeat', 'cut', 'zero', 'end'),
  bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }),
});
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

const edited = (body: Uint8Array, { at, length, how, bytes }: Edit): Uint8Array => {
  const from = Math.max(0, Math.floor(how === 'end' ? body.length - length - 1 : at * (body.length - 1)));
  const [before, here, after] = [
    body.subarray(0, from),
    body.subarray(from, from + length),
    body.subarray(from + length),
  ];
  switch (how) {
    case 'insert':
      return Buffer.concat([before, bytes, here, after]);
    case 'remove':
      return Buffer.concat([before, after]);
    case 'repeat':
      return Buffer.concat([before, here, here, here, after]);
    case 'cut':
      return before;
    case 'zero':
      return Buffer.concat([before, new Uint8Array(here.length), after]);
    case 'flip': {
      const copy = Uint8Array.from(body);
      if (from < copy.length) copy[from]! ^= 1 << (bytes[0]! & 7);
      return copy;
    }
    default: {
      const copy = Uint8Array.from(body);
      copy.set(bytes.subarray(0, copy.length - from), from);
      return copy;
    }
  }
};

const isBlank = (row: Fields): boolean => Object.values(row).every((value) => cellOf(value).trim() === '');

/** Files of lines whose name does not say so. */
const AS_JSON: ReadonlySet<string> = new Set(['lines.json', 'lines.txt', 'unnamed']);

const NAMES = [...CONTAINERS.map(({ name }) => name), 'x', 'x.bin', 'x.md', 'x.zst'];

export const fuzzCases: fc.Arbitrary<Case> = fc
  .record({
    spellings: fc.array(fc.nat(SPELLINGS.length - 1), { minLength: 1, maxLength: 12 }),
    container: fc.nat(CONTAINERS.length - 1),
    changes: fc.array(change, { maxLength: 4 }),
    edits: fc.oneof(fc.constant<Edit[]>([]), fc.array(edit, { minLength: 1, maxLength: 5 })),
    name: fc.option(fc.constantFrom(...NAMES), { freq: 3 }),
    chunk: fc.constantFrom(7, 100, 65_536),
  })
  .map(({ spellings, container, changes, edits, name, chunk }) => {
    const rows: Fields[] = spellings.map((spelling, i) => SPELLINGS[spelling]!.row(i));
    for (const one of changes) {
      const i = one.row % rows.length;
      rows[i] = applied(rows[i], one.path, one) as Fields;
    }
    const { name: own, write, flat } = CONTAINERS[container]!;
    const whole = write(flat ? rows.map((row) => ({ ...row })) : rows);
    // a workbook has no row where nothing is written
    const told = own === 'x.xlsx' ? rows.filter((row) => !isBlank({ ...row })).length : rows.length;
    const body = edits.reduce<Uint8Array>(edited, whole);
    // a line with nothing else in the file may as well be JSON that holds the rows: a list, or an object with one inside
    const isLone = rows.length === 1 && (Array.isArray(rows[0]) || AS_JSON.has(own));
    const unsure = edits.length > 0 || name !== null || isLone;
    return { file: name ?? own, body, chunk, rows: unsure ? null : told };
  });

const refusals: ReadonlySet<string> = new Set(
  Object.entries(PROBLEMS).flatMap(([code, { rejects }]) => (rejects ? [code] : [])),
);

/** What is wrong with the answer, null where all is right. */
export const wrongWith = async ({ file, body, chunk, rows: planned }: Case): Promise<string | null> => {
  const { report, rows } = await drop({ file, body }, { chunk });
  const parsed = DatasetReport.safeParse(report);
  if (!parsed.success) return `the report is none: ${parsed.error.message}`;
  const odd = rows.find((row) => !AccountedRow.safeParse(row).success);
  if (odd) return `a row is none: ${JSON.stringify(odd)}`;
  const { in: rowsIn, train, held_out, dropped, duplicate, quarantined } = report.rows;
  const sum = train + held_out + dropped + duplicate + quarantined;
  if (rows.length !== rowsIn || sum !== rowsIn)
    return `${rowsIn} rows in, ${rows.length} told, ${sum} with a fate`;
  const reasons = rows.filter(
    ({ fate, reason }) => (reason === null) !== (fate === 'train' || fate === 'held_out'),
  );
  if (reasons.length > 0) return `a fate without its reason: ${JSON.stringify(reasons[0])}`;
  const refused = report.problems.some(({ code }) => refusals.has(code));
  if (refused && report.status !== 'rejected') return 'a file that cannot be read is ready';
  const whole = planned === null || refused || file === 'inside.json' || rowsIn === planned;
  return whole ? null : `${planned} rows were written, ${rowsIn} came in`;
};
