/** Personal data on its way through the front door. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DatasetReport } from '../../../../shared/contracts/dataset.ts';
import type { RecipeInput } from '../../../../shared/contracts/recipe.ts';
import { describeReport } from '../../../../shared/dataset/describe.ts';
import { drop, jsonlOf, pairs } from '../drop.ts';
import { FOUND } from './vectors.ts';

const MAIL = 'keller@posteo.de';
const MOBILE = '13912345678';

/** one row of every kind, with values in every text of it */
const ROWS = [
  {
    messages: [
      { role: 'user', content: `I am ${MAIL}` },
      {
        role: 'assistant',
        content: null,
        reasoning_content: `mail is ${MAIL}`,
        tool_calls: [
          {
            id: 'a',
            type: 'function',
            function: {
              name: 'send',
              arguments: JSON.stringify({ to: MAIL, phone: Number(MOBILE), note: 'a\nb' }),
            },
          },
        ],
      },
      { role: 'tool', tool_call_id: 'a', content: `sent to ${MAIL}` },
      { role: 'assistant', content: `Done, 手机 ${MOBILE}` },
    ],
    tools: [{ type: 'function', function: { name: 'send', description: `ask ${MAIL}`, parameters: {} } }],
  },
  { text: `plain text of ${MAIL}` },
  { prompt: 'Who?', chosen: `${MAIL} it is`, rejected: `it is ${MAIL}` },
  { prompt: `Call ${MOBILE}?`, completion: `Yes, ${MAIL}`, label: true },
];
const POINTERS = [
  '/messages/0/content',
  '/messages/1/reasoning_content',
  '/messages/1/tool_calls/0/function/arguments',
  '/messages/2/content',
  '/tools',
];

const run = (privacy: NonNullable<RecipeInput['data']>['privacy'], rows: readonly unknown[] = ROWS) =>
  drop({ file: 'a.jsonl', body: jsonlOf([...rows, ...pairs(12)]) }, { data: { privacy } });

test('a report tells types, counts and places, and no value; the rows stay as they are', async () => {
  const { report, rows } = await run({});
  DatasetReport.parse(report);
  expect(report.personal).toEqual({ email: 9, phone: 3 });
  const [mails, phones] = report.privacy!;
  expect(mails).toMatchObject({ type: 'email', count: 9, mode: 'report' });
  expect(
    mails!.places
      .filter(({ line }) => line === 1)
      .map(({ pointer }) => pointer)
      .toSorted(),
  ).toEqual(POINTERS);
  expect(mails!.places.filter(({ line }) => line !== 1)).toEqual([
    { file: 'a.jsonl', line: 2, pointer: '/text' },
    { file: 'a.jsonl', line: 3, pointer: '/chosen' },
    { file: 'a.jsonl', line: 3, pointer: '/rejected' },
    { file: 'a.jsonl', line: 4, pointer: '/completion' },
  ]);
  expect(phones!.places.map(({ line, pointer }) => [line, pointer])).toEqual([
    [1, '/messages/1/tool_calls/0/function/arguments'],
    [1, '/messages/3/content'],
    [4, '/prompt'],
  ]);
  expect(JSON.stringify(report)).not.toContain(MAIL);
  expect(JSON.stringify(rows)).toContain(MAIL);
});

test('redaction reaches every text of every kind of row, and a second check finds nothing', async () => {
  const { rows, report } = await run({ mode: 'redact' });
  const text = JSON.stringify(rows);
  expect(text).not.toContain(MAIL);
  expect(text).not.toContain(MOBILE);
  expect(report.rows).toMatchObject({ in: 16, quarantined: 0 });
  const [first] = rows;
  const { messages } = first!.row as { messages: { tool_calls: { function: { arguments: string } }[] }[] };
  expect(JSON.parse(messages[1]!.tool_calls[0]!.function.arguments)).toEqual({
    to: '[EMAIL]',
    phone: '[PHONE]',
    note: 'a\nb',
  });
  const again = await drop({ file: 'b.jsonl', body: jsonlOf(rows.map(({ row }) => row)) });
  expect(again.report.personal).toEqual({});
});

test('a pseudonym is the same in all rows of a dataset and another in the next', async () => {
  const same = Array.from({ length: 12 }, (_, i) => ({
    prompt: `Question ${i} of ${MAIL}`,
    completion: 'Yes.',
  }));
  const names = async () => {
    const { rows } = await run({ mode: 'pseudonymise' }, same);
    return new Set(JSON.stringify(rows).match(/\w+@[\w.]+/g));
  };
  const [one, other] = [await names(), await names()];
  expect(one.size).toBe(1);
  expect(one).not.toContain(MAIL);
  expect(other).not.toEqual(one);
});

test('a rejected row is quarantined with its places, and kept without the values', async () => {
  const { report, rows } = await run({ mode: 'report', types: { phone: 'reject' } });
  expect(rows.slice(0, 4).map(({ reason }) => reason)).toEqual([
    'personal_data',
    null,
    null,
    'personal_data',
  ]);
  expect([rows[0]!.fate, rows[3]!.fate, report.rows.quarantined]).toEqual(['quarantined', 'quarantined', 2]);
  expect(report.problems.find(({ code }) => code === 'personal_data')).toMatchObject({
    count: 3,
    places: expect.arrayContaining([{ file: 'a.jsonl', line: 4, pointer: '/prompt', excerpt: '[PHONE]' }]),
  });
  expect(JSON.stringify(rows)).not.toContain(MOBILE);
});

test('rows that differ in what was redacted alone are duplicates afterwards', async () => {
  const rows = ['a', 'b'].map((c) => ({ prompt: `Mail ${c}keller@posteo.de`, completion: 'Sent.' }));
  expect((await run({}, rows)).report.rows.duplicate).toBe(0);
  expect((await run({ mode: 'redact' }, rows)).report.rows.duplicate).toBe(1);
});

test('the pointer is into the row as it came, also where a system message was added', async () => {
  const { report } = await drop(
    { file: 'a.jsonl', body: jsonlOf([{ prompt: 'Hi', completion: MAIL }, ...pairs(12)]) },
    { data: { system: 'Be brief.' } },
  );
  expect(report.privacy![0]!.places).toEqual([{ file: 'a.jsonl', line: 1, pointer: '/completion' }]);
});

const leaks = async (row: unknown, value: string) => {
  const { report } = await drop({ file: 'a.jsonl', body: jsonlOf([row, ...pairs(12)]) });
  const shown = report.problems.flatMap(({ places }) => places.map(({ excerpt }) => excerpt)).join('\n');
  expect(shown).not.toBe('');
  for (let n = value.length; n >= 6; n--)
    for (const part of [value.slice(0, n), value.slice(-n)]) expect(shown).not.toContain(part);
};

describe('excerpts of other problems do not show what was found', () => {
  test('whole, in a row that could not be read', () => leaks({ messages: MAIL, id: 3 }, MAIL));

  test('cut at the end of an excerpt', () =>
    leaks(
      { prompt: 'x', completion: 'y', conversations: 'z', messages: `${'-'.repeat(112)} ${MAIL}` },
      MAIL,
    ));

  test('cut at either side of a window, wherever that is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(60), fc.nat(60), (before, after) =>
        leaks(
          { prompt: `${MAIL}${' '.repeat(before)} {{name}} ${' '.repeat(after)}${MOBILE}`, completion: 'y' },
          before % 2 ? MAIL : MOBILE,
        ),
      ),
      { numRuns: 40 },
    );
  });

  test('in JSON that is broken', async () => {
    const body = `{"prompt": "${MAIL}", "completion" "x"}\n${jsonlOf(pairs(12))}`;
    const { report } = await drop({ file: 'a.jsonl', body });
    expect(report.problems[0]!.code).toBe('invalid_json');
    expect(JSON.stringify(report)).not.toContain(MAIL);
  });
});

test('the terminal shows what was found and what to do about it', async () => {
  const text = describeReport((await run({ types: { phone: 'redact' } })).report);
  expect(text).toContain(
    'personal data and secrets:\n    email: 9, left in the rows, first at a.jsonl line 1',
  );
  expect(text).toContain('    phone: 3, redacted, first at a.jsonl line 1');
  expect(text).toContain('--set data.privacy.mode=redact');
  expect(describeReport((await run({}, [])).report)).not.toContain('personal');
});

test('no value of any type leaves through a report', async () => {
  const values = Object.values(FOUND).flat();
  const rows = values.map(([value, frame], i) => ({
    prompt: `${i} ${frame.replace('@', () => value)} {{x}}`,
    completion: frame.replace('@', () => value),
  }));
  const report = JSON.stringify((await run({}, rows)).report);
  for (const [value] of values)
    for (const line of value.split('\n')) expect(report).not.toContain(JSON.stringify(line).slice(1, -1));
});
