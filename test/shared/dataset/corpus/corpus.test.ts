/** Every spelling of every shape in every container with every defect that fits: what comes out is known beforehand. */
import { expect, test } from 'vitest';
import { drop } from '../drop.ts';
import { CONTAINERS, type Wrapping } from './containers.ts';
import { SPELLINGS, type Fields, type Spelling } from './shapes.ts';

const ROWS = 14;

/** Rows changed, and how many of them can be used no more. */
type Defect = {
  readonly name: string;
  /** for rows of a table, whose cells cannot be absent or of another type */
  readonly flat: boolean;
  spoil(
    rows: Fields[],
    spelling: Spelling,
  ): { readonly rows: readonly Fields[]; readonly bad: number; readonly others: number };
};

const known = (rows: readonly Fields[], bad = 0, others = 0) => ({ rows, bad, others });
const without = (row: Fields, key: string): Fields =>
  Object.fromEntries(Object.entries(row).filter(([name]) => name !== key));
const ANSWERS = SPELLINGS.find(({ name }) => name === 'gsm')!;

const DEFECTS: readonly Defect[] = [
  { name: 'none', flat: true, spoil: (rows) => known(rows) },
  {
    name: 'other order of keys',
    flat: true,
    spoil: (rows) => known(rows.map((row) => Object.fromEntries(Object.entries(row).toReversed()))),
  },
  {
    name: 'keys beside',
    flat: true,
    spoil: (rows) => known(rows.map((row, i) => ({ source: `s${i}`, ...row, uid: `u${i}` }))),
  },
  {
    name: 'an answer that is missing',
    flat: false,
    spoil: (rows, { answer }) => known(rows.with(5, without(rows[5]!, answer)), 1, 1),
  },
  {
    name: 'an answer of another type',
    flat: false,
    spoil: (rows, { answer }) => known(rows.with(7, { ...rows[7], [answer]: 7 }), 1, 1),
  },
  {
    name: 'rows of nothing known',
    flat: false,
    spoil: (rows) => known(rows.with(3, { foo: 1, bar: [2] }).with(9, {}), 2, 2),
  },
  {
    name: 'rows of another shape',
    flat: false,
    spoil: (rows, { shape }) =>
      known([...rows, ...[0, 1, 2].map((i) => ANSWERS.row(100 + i))], 0, shape === ANSWERS.shape ? 0 : 3),
  },
];

const files = SPELLINGS.flatMap((spelling) =>
  CONTAINERS.flatMap((container) =>
    DEFECTS.filter(({ flat }) => (container.flat ? flat && spelling.flat : true)).map(
      (defect): [Spelling, Wrapping, Defect] => [spelling, container, defect],
    ),
  ),
);
const chosen = files.filter((_, i) => i % 11 === 0);

type Planned = (typeof files)[number];

/** What is not as planned, null where all is. */
const wrongWith = async ([spelling, container, defect]: Planned): Promise<string | null> => {
  const planned = defect.spoil(
    Array.from({ length: ROWS }, (_, i) => spelling.row(i)),
    spelling,
  );
  const { report } = await drop({ file: container.name, body: container.write(planned.rows) });
  const { rows, shape, shapes, status } = report;
  const refused = spelling.shape === 'openai-rft';
  const right =
    shape === spelling.shape &&
    rows.in === planned.rows.length &&
    (shapes[spelling.shape] ?? 0) >= rows.in - planned.others &&
    (refused || rows.quarantined === planned.bad) &&
    status === (refused ? 'rejected' : 'ready');
  const codes = report.problems.map(({ code }) => code);
  return right
    ? null
    : `${spelling.name} with ${defect.name}: ${JSON.stringify({ shape, status, rows, codes })}`;
};

test('the corpus has every spelling, container and defect', () => {
  expect(chosen.length).toBeGreaterThan(200);
  const met = new Set<unknown>(chosen.flat());
  expect([...SPELLINGS, ...CONTAINERS, ...DEFECTS].filter((part) => !met.has(part))).toEqual([]);
});

test.each(CONTAINERS)('shapes, rows and their fates in $name are as planned', async (container) => {
  const wrong: (string | null)[] = [];
  for (const planned of chosen) if (planned[1] === container) wrong.push(await wrongWith(planned));
  expect(wrong.filter((why) => why !== null)).toEqual([]);
});
