import { expect, test } from 'vitest';
import { describeReport } from '../../../shared/dataset/describe.ts';
import { drop, jsonlOf, pairs } from './drop.ts';

test('a report is read from top to bottom: verdict, rows that add up, problems with place and fix', async () => {
  const rows = [
    ...pairs(12),
    ...pairs(1),
    ...Array.from({ length: 6 }, () => ({ foo: 'x' })),
    { prompt: 'q', completion: '' },
  ];
  const { report } = await drop({ file: 'faq.jsonl', body: jsonlOf(rows) });
  expect(describeReport(report)).toBe(
    [
      'ready: prompt-completion',
      `train: faq.jsonl, ${report.files[0]!.bytes} bytes, utf-8`,
      'rows: 20 in = 10 train + 2 held_out + 1 dropped + 1 duplicate + 6 quarantined',
      'characters of a row: median 18, longest 20, in all 182',
      '',
      'error unknown_shape (6 times): The keys belong to no known shape',
      ...[14, 15, 16, 17, 18].map(
        (line) => `    faq.jsonl line ${line}: found foo; nearest shape prompt-completion`,
      ),
      '    and 1 more place',
      '  fix: The nearest shape is prompt-completion: give each row `prompt` and `completion` (or question and answer, query and response, input and output), or name your columns in data.columns',
      '',
      'error empty_answer (1 time): An answer is empty: it would teach the model to say nothing',
      '    faq.jsonl line 20 /completion: ""',
      '  fix: Write the answer, or remove the row',
      '',
      'warning exact_duplicate (1 time): A row says exactly what an earlier one says',
      '    faq.jsonl line 13: same as line 1 of faq.jsonl',
      '  fix: Nothing to do: the first is used (data.duplicates: keep uses all)',
    ].join('\n'),
  );
});

test('a refusal says why in the first lines', async () => {
  const text = describeReport((await drop({ file: 'a.jsonl', body: jsonlOf(pairs(3)) })).report);
  expect(text.split('\n').slice(0, 2)).toEqual([
    'rejected: prompt-completion',
    '  because too_few_rows: Fewer than 10 different rows can be trained on',
  ]);
});

test('nothing in a file can steer the terminal', async () => {
  const key = '\u001b[2J\u009b\u202e\u2028';
  const { report } = await drop({ file: 'a\u001b[31m.jsonl', body: jsonlOf([{ [key]: 1 }]) });
  const text = describeReport(report);
  expect(text).toContain('found \\u001b[2J\\u009b\\u202e\\u2028');
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u2028]/u);
});

test('errors that need no mending by hand are named at the end', async () => {
  const body = pairs(12).map((row, i) => ({ ...row, completion: i === 3 ? 3 : row.completion }));
  const text = describeReport((await drop({ file: 'a.jsonl', body: jsonlOf(body) })).report);
  expect(text.split('\n').at(-1)).toBe('check --fix OUT writes the rows mended: number_as_text');
});
