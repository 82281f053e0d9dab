import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { kindOf } from '../../../../shared/dataset/checks/index.ts';
import { fixDataset, type FixedRow } from '../../../../shared/dataset/fix/fix.ts';
import { CORPUS } from '../corpus/corpus.ts';
import { dataOf, drop, inChunks, jsonlOf, type File } from '../drop.ts';

const fix = async (files: readonly File[], data = dataOf()) => {
  const rows: FixedRow[] = [];
  const sources = files.map(({ file, body, role = 'train' as const }) => ({
    file,
    role,
    chunks: inChunks(Buffer.from(body)),
  }));
  const report = await fixDataset(sources, data, (row) => void rows.push(row));
  const kept = rows.flatMap((row) => (row.to === 'kept' ? [row] : []));
  return { report, rows, kept: kept.map(({ value }) => value), again: kept };
};

const fixLines = async (body: string) => fix([{ file: 'a.jsonl', body }]);
const one = async (value: unknown): Promise<unknown> => (await fixLines(JSON.stringify(value))).kept[0];

const u = { role: 'user', content: 'Is it open?' };
const a = { role: 'assistant', content: 'Yes, until six.' };

test.each([
  [
    { prompt: 'Open? ', completion: '\u200bYes\r\n' },
    { prompt: 'Open?', completion: 'Yes' },
  ],
  [
    { instruction: 'Ans\u200bwer.', input: 'Open?\u0000', output: 'Yes.', id: 7 },
    { instruction: 'Answer.', input: 'Open?', output: 'Yes.', id: 7 },
  ],
  [
    {
      conversations: [
        { from: 'human', value: 'cafÃ©' },
        { from: 'gpt', value: 'Yes.' },
      ],
    },
    {
      conversations: [
        { from: 'human', value: 'café' },
        { from: 'gpt', value: 'Yes.' },
      ],
    },
  ],
  [
    {
      conversations: [
        { from: 'human', value: 'A' },
        { from: 'human', value: 'B' },
        { from: 'gpt', value: 'C' },
      ],
    },
    {
      conversations: [
        { from: 'human', value: 'A\n\nB' },
        { from: 'gpt', value: 'C' },
      ],
    },
  ],
  [
    { messages: [u, { ...u, content: 'Hm?' }, a] },
    { messages: [{ ...u, content: 'Is it open?\n\nHm?' }, a] },
  ],
  [{ messages: [u, { ...a, content: '' }, u, a] }, { messages: [u, a] }],
  [{ messages: [u, a, u] }, { messages: [u, a] }],
  [
    {
      messages: [
        { ...u, role: 'Human' },
        { ...a, role: 'bot' },
      ],
    },
    { messages: [u, a] },
  ],
  [
    { prompt: 'How many?', completion: 3 },
    { prompt: 'How many?', completion: '3' },
  ],
  [{ text: 'a\u0000b</s>' }, { text: 'ab' }],
  [
    { prompt: 'Open?', chosen: 'Yes ', rejected: ' No' },
    { prompt: 'Open?', chosen: 'Yes', rejected: 'No' },
  ],
  [{ messages: [u, { ...a, content: 'A&amp;amp;B' }] }, { messages: [u, { ...a, content: 'A&B' }] }],
])('%j becomes %j', async (before, after) => {
  expect(await one(before)).toEqual(after);
});

test('lines that are nearly JSON are read as they were meant', async () => {
  const { kept, report } = await fixLines(
    `{'prompt': 'Open?', 'completion': 'Yes', 'n': None,}\n{"prompt": "a", "completion": "b", "x": NaN}\n{"a": 1, "a`,
  );
  expect(kept).toEqual([
    { prompt: 'Open?', completion: 'Yes', n: null },
    { prompt: 'a', completion: 'b', x: null },
  ]);
  expect(report.rows).toEqual({ in: 3, unchanged: 0, mended: 2, duplicate: 0, left_out: 1 });
  expect(report.left_out.map(({ code, places }) => [code, places[0]!.line])).toEqual([['invalid_json', 3]]);
});

test('of equal rows the first stays, rows that cannot be used are left out, and all are told', async () => {
  const rows = [
    { prompt: 'a', completion: 'b' },
    { prompt: 'a ', completion: 'b' },
    { foo: 1 },
    { prompt: 'c', completion: '' },
  ];
  const { report, rows: told, kept } = await fixLines(jsonlOf(rows));
  expect(kept).toEqual([rows[0]]);
  expect(report.rows).toEqual({ in: 4, unchanged: 1, mended: 0, duplicate: 1, left_out: 2 });
  expect(told.slice(1)).toEqual([
    { to: 'rest', role: 'train', file: 'a.jsonl', line: 2, reason: 'exact_duplicate', value: rows[0] },
    { to: 'rest', role: 'train', file: 'a.jsonl', line: 3, reason: 'unknown_shape', value: rows[2] },
    { to: 'rest', role: 'train', file: 'a.jsonl', line: 4, reason: 'empty_answer', value: rows[3] },
  ]);
  expect(
    (await fix([{ file: 'a.jsonl', body: jsonlOf(rows) }], dataOf({ duplicates: 'keep' }))).kept,
  ).toHaveLength(2);
});

test('columns that a recipe names keep their names', async () => {
  const data = dataOf({ columns: { prompt: 'q', completion: 'r' } });
  const { kept } = await fix([{ file: 'a.jsonl', body: '{"q": " Open?", "r": "Yes\\n", "n": 1}' }], data);
  expect(kept).toEqual([{ q: 'Open?', r: 'Yes', n: 1 }]);
});

const fixable = async (body: string): Promise<readonly string[]> =>
  (await drop({ file: 'a.jsonl', body })).report.problems
    .filter(({ code }) => kindOf(code).fixable)
    .map(({ code }) => code);

test('the corpus, mended, has nothing left to mend, and mending it again changes nothing', async () => {
  const bodies = CORPUS.filter(({ single }) => single).map(({ files }) => String(files[0]!.body));
  const { kept, report } = await fixLines(bodies.filter((body) => body.length < 100_000).join(''));
  const { in: all, ...parts } = report.rows;
  expect(Object.values(parts).reduce((n, part) => n + part, 0)).toBe(all);
  expect(report.rows.mended).toBeGreaterThan(50);
  const body = jsonlOf(kept);
  expect(await fixable(body)).toEqual([]);
  const twice = await fixLines(body);
  expect(twice.kept).toEqual(kept);
  expect(twice.report.rows).toMatchObject({ unchanged: kept.length, mended: 0, duplicate: 0, left_out: 0 });
});

const SCRAPS = [
  ' ',
  '\n',
  '\r\n',
  '\u200b',
  '\u202e',
  '\u0000',
  '\ufeff',
  '\f',
  '\u{e0041}',
  'e\u0301',
].concat(
  ['</s>', '<s>', 'Ã©', 'â€™', '&amp;', '&nbsp;', '\\n', 'Assistant: ', '{{x}}', '<br>'],
  ['word', '好', '`', 'é', '1', '.'],
);
const scrap = fc.constantFrom(...SCRAPS);
const written = fc.array(scrap, { maxLength: 8 }).map((parts) => parts.join(''));
const message = fc.record({
  role: fc.constantFrom('user', 'assistant', 'system', 'Bot', 'tool'),
  content: written,
});
const row = fc.oneof(
  fc.record({ prompt: written, completion: written }),
  fc.record({ instruction: written, input: written, output: written, system: written }),
  fc.record({ text: written }),
  fc.record({ messages: fc.array(message, { maxLength: 6 }) }),
  fc.record({ prompt: written, chosen: written, rejected: written }),
  fc.record({ messages: fc.array(message, { minLength: 1, maxLength: 4 }), label: fc.boolean() }),
  fc.record({
    conversations: fc.array(fc.record({ from: fc.constantFrom('human', 'gpt', 'AI'), value: written }), {
      maxLength: 5,
    }),
  }),
);

test('whatever is mended, mending again changes nothing and no row is lost', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 6 }), async (rows) => {
      const { kept, report, rows: told } = await fixLines(jsonlOf(rows));
      expect(told.length).toBe(rows.length);
      expect(report.rows.in).toBe(rows.length);
      const again = await fixLines(jsonlOf(kept));
      expect(again.kept).toEqual(kept);
      expect(again.report.rows).toMatchObject({ unchanged: kept.length, mended: 0 });
      if (kept.length > 0) expect(await fixable(jsonlOf(kept))).toEqual([]);
    }),
    { numRuns: 100 },
  );
});
