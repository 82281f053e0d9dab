/** Checks that look at all rows together. */
import { describe, expect, test } from 'vitest';
import { drop, jsonlOf, linesOf, pairs } from '../drop.ts';

const train = (rows: readonly unknown[]) => ({ file: 'train.jsonl', body: jsonlOf(rows) });
const valid = (rows: readonly unknown[]) => ({
  file: 'valid.jsonl',
  role: 'valid' as const,
  body: jsonlOf(rows),
});
const bad = (n: number) => Array.from({ length: n }, () => ({ foo: 1 }));

describe('all rows together', () => {
  test('later copies of a row are duplicates in any shape; a recipe may keep them', async () => {
    const copy = {
      messages: [
        { role: 'user', content: 'question 0' },
        { content: 'answer 0', role: 'assistant' },
      ],
    };
    const { report, rows } = await drop(train([...pairs(12), copy, pairs(1)[0]]));
    expect(report.rows).toMatchObject({ in: 14, duplicate: 2 });
    expect(linesOf(report)['exact_duplicate']).toEqual([13, 14]);
    expect(rows[12]).toMatchObject({ fate: 'duplicate', reason: 'exact_duplicate' });
    const kept = await drop(train([...pairs(12), copy]), { data: { duplicates: 'keep' } });
    expect(kept.report.rows).toMatchObject({ in: 13, duplicate: 0 });
    expect(linesOf(kept.report)['exact_duplicate']).toEqual([13]);
  });
  test('a row of the test is taken out of training, whichever file comes first', async () => {
    const [t, v] = [train(pairs(15)), valid([...pairs(2), ...pairs(3, 'v')])];
    for (const files of [
      [t, v],
      [v, t],
    ]) {
      const { report } = await drop(files);
      expect(report.rows).toMatchObject({ in: 20, train: 13, held_out: 5, dropped: 2 });
      expect(linesOf(report)['train_valid_overlap']).toEqual([1, 2]);
    }
  });
  test('ten good rows are enough and nine are not', async () => {
    expect((await drop(train(pairs(10)))).report).toMatchObject({
      status: 'ready',
      rows: { train: 8, held_out: 2 },
    });
    const { report } = await drop(train([...pairs(9), pairs(1)[0]]));
    expect(report.status).toBe('rejected');
    expect(linesOf(report)).toHaveProperty('too_few_rows', [null]);
  });
  test('half of the rows may be bad and not one more', async () => {
    expect((await drop(train([...pairs(12), ...bad(12)]))).report.status).toBe('ready');
    const { report } = await drop(train([...pairs(12), ...bad(13)]));
    expect(report.status).toBe('rejected');
    expect(linesOf(report)).toHaveProperty('mostly_bad_rows');
  });
  test('labels that are all the same refuse the dataset, unless pairs bring the other one', async () => {
    const all = pairs(12).map((row) => ({ ...row, label: true }));
    const { report } = await drop(train(all));
    expect(report.status).toBe('rejected');
    expect(linesOf(report)).toHaveProperty('one_label', [null]);
    const mixed = all.map((row, i) => ({ ...row, label: i > 0 }));
    expect((await drop(train(mixed))).report.status).toBe('ready');
    const two = { prompt: 'p', chosen: 'c', rejected: 'r' };
    expect((await drop(train([...all, two]))).report.status).toBe('ready');
    expect((await drop(train(pairs(12)))).report.status).toBe('ready');
  });
  test('a validation file of which nothing is left refuses the dataset', async () => {
    const { report } = await drop([train(pairs(20)), valid([{ foo: 1 }])]);
    expect(report.status).toBe('rejected');
    expect(linesOf(report)).toHaveProperty('no_valid_rows');
  });
});
