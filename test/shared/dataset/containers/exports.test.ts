/** Files as other programs write rows: pandas, jq, Python scripts, spreadsheets. */
import { describe, expect, test } from 'vitest';
import { drop, pairs } from '../drop.ts';
import { read } from './read.ts';

const ROWS = [
  { prompt: 'q', n: 1 },
  { prompt: 'x', n: null },
  { prompt: 'y', n: 3 },
];
const NUMBERED = ROWS.map((row, i) => [i + 1, row]);

describe('one object that holds the rows by column', () => {
  test.each([
    [
      'columns of numbered cells (DataFrame.to_json)',
      { prompt: { 0: 'q', 1: 'x', 2: 'y' }, n: { 0: 1, 1: null, 2: 3 } },
    ],
    ['numbered rows (orient="index")', { 0: ROWS[0], 1: ROWS[1], 2: ROWS[2] }],
    ['lists of one length (Dataset.to_dict)', { prompt: ['q', 'x', 'y'], n: [1, null, 3] }],
  ])('%s', async (_, value) => {
    expect(await read('rows.json', JSON.stringify(value))).toEqual(NUMBERED);
    expect(await read('rows.json', JSON.stringify(value, null, 2))).toEqual(NUMBERED);
  });

  test.each([
    { messages: [{ role: 'user' }, { role: 'assistant' }], tools: [{ name: 'a' }, { name: 'b' }] },
    { prompt: ['q', 'x'], completion: ['w'] },
    { prompt: ['q', 'x'], id: 7 },
    { input: { messages: [] }, output: { messages: [] } },
    { conversations: ['q', 'w'] },
  ])('%j is one row', async (value) => {
    expect(await read('row.json', JSON.stringify(value))).toEqual([[1, value]]);
  });
});

describe('objects over several lines, one after another', () => {
  const printed = ROWS.map((row) => JSON.stringify(row, null, 2)).join('\n');

  test.each(['rows.json', 'rows.jsonl', 'rows'])('in %s', async (name) => {
    expect(await read(name, printed)).toEqual([
      [1, ROWS[0]],
      [5, ROWS[1]],
      [9, ROWS[2]],
    ]);
  });
  test('one that is broken does not stop the rest', async () => {
    expect(await read('rows.json', printed.replace('"x"', 'x'))).toEqual([
      [1, ROWS[0]],
      [5, 'invalid_json', 6],
      [9, ROWS[2]],
    ]);
  });
  test('anything between them refuses the file', async () => {
    expect(await read('rows.json', printed.replace('}\n{', '}\n;{'))).toEqual(['unreadable_json']);
    expect(await read('rows.json', `${printed}\n{"prompt": "cut`)).toEqual(['unreadable_json']);
  });
});

test('joined files have a byte order mark in their midst, and lines may be lists', async () => {
  const row = '{"prompt":"q"}';
  expect(await read('x.jsonl', `\ufeff${row}\n\ufeff${row}\n`)).toEqual([
    [1, { prompt: 'q' }],
    [2, { prompt: 'q' }],
  ]);
  expect(await read('x.jsonl', '[{"role":"user"}]\n[{"role":"user"}]\n')).toEqual([
    [1, [{ role: 'user' }]],
    [2, [{ role: 'user' }]],
  ]);
});

test('a comma behind the row is told as one, and what was meant is known', async () => {
  const body = pairs(12)
    .map((row) => `${JSON.stringify(row)},\n`)
    .join('');
  const { report } = await drop({ file: 'x.jsonl', body });
  expect(report.problems[0]).toMatchObject({ code: 'trailing_comma', count: 12, fixable: true });
});

describe('the header of a table', () => {
  test('may be one empty name', async () => {
    expect(await read('x.tsv', '""\n"a"\n"b"\n')).toEqual([
      [2, { '': 'a' }],
      [3, { '': 'b' }],
    ]);
    expect(await read('x.csv', '  \nprompt\na\n')).toEqual([[3, { prompt: 'a' }]]);
  });

  test('under a title: the way out is told', async () => {
    const body = `Our questions\nquestion,answer\n${pairs(12)
      .map(({ prompt, completion }) => `${prompt},${completion}`)
      .join('\n')}`;
    const { report } = await drop({ file: 'x.csv', body });
    expect(report.problems[0]).toMatchObject({ code: 'invalid_csv', fix: expect.stringContaining('above') });
  });
});

test.each([
  ['version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n', 'Git LFS', 'git lfs pull'],
  [Buffer.from([255, 255, 255, 255, 16, 0, 0, 0, 16, 0, 0]), 'Arrow', 'Parquet'],
  [Buffer.from([0x80, 4, 0x95, 16, 0, 0, 0]), 'pickle', 'JSON Lines'],
])('%j is called what it is, with its own way out', async (body, name, way) => {
  const { report } = await drop({ file: 'train.jsonl', body });
  const excerpt = expect.stringContaining(name);
  expect(report.problems[0]).toMatchObject({
    code: 'not_text',
    places: [{ excerpt }],
    fix: expect.stringContaining(way),
  });
});
