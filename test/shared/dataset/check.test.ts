import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { DatasetReport } from '../../../shared/contracts/dataset.ts';
import { AccountedRow } from '../../../shared/contracts/row.ts';
import { checkDataset } from '../../../shared/dataset/check.ts';
import type { Batch } from '../../../shared/dataset/batch.ts';
import { readFile } from '../../../shared/dataset/read.ts';
import { countRows, lengths, reasonsOf } from '../../../shared/dataset/tally.ts';
import { dataOf, drop, inChunks, jsonlOf, linesOf, pairs } from './drop.ts';

test('a good file is ready, every row in order with its line and form', async () => {
  const { report, rows } = await drop({
    file: 'a.jsonl',
    body: `\ufeff\n${jsonlOf(pairs(20)).replaceAll('\n', '\r\n')}\r\n`,
  });
  expect(report).toMatchObject({
    status: 'ready',
    shape: 'prompt-completion',
    shapes: { 'prompt-completion': 20 },
    rows: { in: 20, train: 16, held_out: 4, dropped: 0, duplicate: 0, quarantined: 0, truncated: 0 },
    problems: [],
    files: [{ file: 'a.jsonl', role: 'train', encoding: 'utf-8' }],
  });
  expect(rows.map(({ line }) => line)).toEqual(Array.from({ length: 20 }, (_, i) => i + 2));
  expect(rows[3]!.row).toEqual({
    kind: 'chat',
    messages: [
      { role: 'user', content: 'question 3' },
      { role: 'assistant', content: 'answer 3' },
    ],
  });
  expect(
    rows.filter(({ fate, reason }) => fate !== 'train' && fate !== 'held_out' && reason === null),
  ).toEqual([]);
});

test('shapes may be mixed, each is counted and the commonest named', async () => {
  const body = jsonlOf([...pairs(10), ...pairs(12, 't').map(({ prompt }) => ({ text: prompt }))]);
  expect((await drop({ file: 'a.jsonl', body })).report).toMatchObject({
    status: 'ready',
    shape: 'text',
    shapes: { text: 12, 'prompt-completion': 10 },
  });
});

test('bad rows are set aside with their reasons and do not stop the rest', async () => {
  const rows = [...jsonlOf(pairs(12)).split('\n'), '{"prompt": "q",', '{"prompt":"q","completion":""}', '[]'];
  const { report, rows: accounted } = await drop({ file: 'a.jsonl', body: rows.join('\n') });
  expect(report).toMatchObject({ status: 'ready', rows: { in: 15, quarantined: 2, dropped: 1 } });
  expect(linesOf(report)).toEqual({
    invalid_json: [13],
    not_object: [15],
    empty_answer: [14],
  });
  expect(accounted.slice(12).map(({ fate, reason, row }) => [fate, reason, row !== null])).toEqual([
    ['quarantined', 'invalid_json', false],
    ['dropped', 'empty_answer', true],
    ['quarantined', 'not_object', false],
  ]);
});

test('counts are exact and places stop at a hundred', async () => {
  const body = jsonlOf([...pairs(300), ...Array.from({ length: 250 }, () => ({ foo: 1 }))]);
  const [problem] = (await drop({ file: 'a.jsonl', body })).report.problems;
  expect([problem!.code, problem!.count, problem!.places.length]).toEqual(['unknown_shape', 250, 100]);
});

test('a valid file is the whole test', async () => {
  const { report, rows } = await drop([
    {
      file: 'train.csv',
      body: ['prompt,completion', ...pairs(20).map((p) => `${p.prompt},${p.completion}`)].join('\n'),
    },
    { file: 'valid.jsonl', role: 'valid', body: jsonlOf(pairs(3, 'v')) },
  ]);
  expect(report.rows).toMatchObject({ in: 23, train: 20, held_out: 3 });
  expect(rows.filter(({ fate }) => fate === 'held_out').map(({ file }) => file)).toEqual(
    Array(3).fill('valid.jsonl'),
  );
});

test.each([
  ['no bytes', '', 'empty_file'],
  ['blank lines', '\n \n', 'empty_file'],
  ['half a zip', 'PK\u0003\u0004', 'archive_broken'],
  ['prose', 'Once upon a time.', 'unreadable_json'],
  ['half an array', '[{"text": "a"}', 'unreadable_json'],
  ['Latin-1', Buffer.from('{"text": "caf\xe9"}', 'latin1'), 'not_text'],
])('%s: one clear reason and nothing else', async (_, body, code) => {
  const { report } = await drop({ file: 'a.json', body });
  expect(report.status).toBe('rejected');
  expect(report.problems.map((problem) => problem.code)).toEqual([code]);
  expect(reasonsOf(report).map((problem) => problem.code)).toEqual([code]);
});

test('an empty list is refused for having no rows', async () => {
  const { report } = await drop({ file: 'a.json', body: '[]' });
  expect([report.status, report.problems.map(({ code }) => code)]).toEqual(['rejected', ['too_few_rows']]);
});

test('rows before the place where a file breaks are accounted for', async () => {
  const body = Buffer.concat([
    Buffer.from(`${jsonlOf(pairs(15))}\n`),
    Buffer.from([0xff]),
    Buffer.from('\n'),
  ]);
  for (const chunk of [5, 65_536]) {
    const { report } = await drop({ file: 'a.jsonl', body }, { chunk });
    expect(report).toMatchObject({ status: 'rejected', rows: { in: 15 } });
    expect(linesOf(report)).toEqual({ not_text: [16] });
  }
});

const endless = async function* (): AsyncGenerator<Uint8Array> {
  for (let i = 0; ; i++) yield Buffer.from(`{"text": "${i}"}\n`);
};
const failing = async function* (): AsyncGenerator<Uint8Array> {
  yield Buffer.from('{"text": "a"}\n');
  throw new RangeError('gone');
};
const train = { file: 'a.jsonl', role: 'train' as const };

test('more bytes than are allowed are refused while they come', async () => {
  let taken = 0;
  const lane = {
    take: (batch: Batch) => Promise.resolve(void (taken += 'lines' in batch ? batch.lines.length : 0)),
    drain: () => Promise.resolve(),
  };
  const { file, broken } = await readFile({ ...train, content: endless(), remarks: [] }, 3_000_000, lane);
  expect(broken).toMatchObject({ code: 'too_large' });
  expect(file.bytes).toBeLessThan(3_000_100);
  expect(taken).toBeGreaterThan(1_000_000);
});

test('what the source or the sink throws comes through', async () => {
  const source = { ...train, chunks: failing() };
  await expect(checkDataset([source], dataOf(), 0, () => {})).rejects.toThrow(RangeError);
  const good = { ...train, chunks: inChunks(Buffer.from('{"text": "a"}\n')) };
  await expect(
    checkDataset([good], dataOf(), 0, () => Promise.reject(new RangeError('full'))),
  ).rejects.toThrow('full');
});

test('a row that is unaccounted for is a mistake of ours', () => {
  expect(() => countRows(2, [{ fate: 'train' }])).toThrow(TypeError);
  expect(() => countRows(2, [{ fate: 'train' }, { fate: null }])).toThrow(TypeError);
  expect(countRows(2, [{ fate: 'train' }, { fate: 'dropped' }])).toMatchObject({
    in: 2,
    train: 1,
    dropped: 1,
  });
});

test('median, longest and sum of lengths', () => {
  expect(lengths(Uint32Array.of())).toMatchObject({ median: 0, max: 0, total: 0 });
  expect(lengths(Uint32Array.of(5, 1, 3))).toMatchObject({ median: 3, max: 5, total: 9 });
  expect(lengths(Uint32Array.of(4, 1, 3, 10))).toMatchObject({ median: 3.5, max: 10, total: 18 });
});

const message = fc.oneof(
  fc.record({ role: fc.constantFrom('user', 'assistant', 'tool', 'system'), content: fc.string() }),
  fc.record({ from: fc.constantFrom('human', 'gpt', 'bot'), value: fc.option(fc.string()) }),
);
const side = fc.oneof(fc.string(), message, fc.array(message, { maxLength: 4 }), fc.constant(null));
/** Pairs and labelled answers in any spelling, right or wrong. */
const judged = fc
  .record(
    {
      prompt: side,
      messages: side,
      conversations: side,
      input: fc.oneof(side, fc.record({ messages: side })),
      instruction: side,
      chosen: side,
      rejected: side,
      rejected_response: side,
      preferred_output: side,
      non_preferred_output: side,
      completion: side,
      label: fc.oneof(fc.boolean(), fc.string()),
      kto_tag: fc.boolean(),
    },
    { requiredKeys: [] },
  )
  .map((row) => JSON.stringify(row));
const good = fc
  .tuple(fc.nat(12), fc.boolean())
  .map(([i, label]) =>
    JSON.stringify(
      label ? { prompt: `q${i}`, chosen: 'a', rejected: 'b' } : { prompt: `q${i}`, completion: 'a', label },
    ),
  );

const line = fc.oneof(
  judged,
  good,
  fc.nat(12).map((i) => JSON.stringify({ prompt: `q${i}`, completion: `w${i}` })),
  fc.nat(12).map((i) => JSON.stringify({ text: `t${i}` })),
  fc.record({ prompt: fc.string(), completion: fc.option(fc.string()) }).map((row) => JSON.stringify(row)),
  fc.json().filter((text) => !text.includes('\n')),
  fc
    .array(
      fc.record({ role: fc.constantFrom('user', 'assistant', 'tool', 'x'), content: fc.option(fc.string()) }),
    )
    .map((messages) => JSON.stringify({ messages })),
  fc.constantFrom('{', '[1,', 'nonsense', '{"a":\ud800}'),
);

test('of any mixture of rows none is lost, and report and rows say the same', async () => {
  const files = fc.array(
    fc.record({ role: fc.constantFrom('train' as const, 'valid' as const), lines: fc.array(line) }),
    { maxLength: 3 },
  );
  const data = fc.record({
    duplicates: fc.constantFrom('drop' as const, 'keep' as const),
    held_out: fc.constantFrom('auto' as const, 0, 0.3, 4),
  });
  await fc.assert(
    fc.asyncProperty(files, data, fc.nat(), async (all, recipe, seed) => {
      const named = all.map(({ role, lines }, i) => ({
        role,
        file: `${i}.jsonl`,
        body: `{"n":${i}}\n${lines.join('\n')}`,
      }));
      const { report, rows } = await drop(named, { data: recipe, seed, chunk: 1 + (seed % 50) });
      DatasetReport.parse(report);
      for (const row of rows) AccountedRow.parse(row);
      const given = all.reduce(
        (n, { lines }) => n + 1 + lines.filter((text) => text.trim() !== '').length,
        0,
      );
      expect(rows.length).toBe(given);
      const kinds = Object.values(report.kinds ?? {}).reduce((a, b) => a + b, 0);
      expect(kinds).toBe(report.rows.train + report.rows.held_out);
      const { in: total, truncated: _, ...byFate } = report.rows;
      expect(total).toBe(given);
      expect(Object.values(byFate).reduce((a, b) => a + b)).toBe(given);
      for (const [fate, n] of Object.entries(byFate))
        expect(rows.filter((row) => row.fate === fate).length).toBe(n);
      for (const { fate, reason } of rows)
        expect(reason === null).toBe(fate === 'train' || fate === 'held_out');
      expect(report.status === 'rejected').toBe(reasonsOf(report).length > 0);
    }),
    { numRuns: 150 },
  );
});
