import * as fc from 'fast-check';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { tokenizeRows } from '../../../../gpu-worker/supervisor/tokens.ts';
import type { AccountedRow } from '../../../../shared/contracts/row.ts';
import { binName, histogramOf } from '../../../../shared/histogram.ts';
import { lengthTally } from '../../../../shared/text/preview/lengths.ts';
import { encodeInput } from '../../../../shared/text/preview/row.ts';
import { planOf, wholeIn } from '../../../../shared/text/preview/segments.ts';
import { temporary } from '../../../helpers/database.ts';
import { chat, say } from '../../../helpers/rows-of-text.ts';
import { tokenizer } from '../../../helpers/tiny-tokenizer.ts';

const rows: AccountedRow[] = Array.from({ length: 40 }, (_, i) => ({
  file: 'a.jsonl',
  line: i + 1,
  fate: i % 7 === 3 ? 'held_out' : i % 11 === 5 ? 'duplicate' : 'train',
  reason: null,
  row:
    i % 5 === 4
      ? {
          kind: 'preference',
          messages: [say('user', 'q'.repeat(i))],
          chosen: [say('assistant', 'x'.repeat(i))],
          rejected: [say('assistant', 'no')],
        }
      : chat(say('user', 'q '.repeat(i)), say('assistant', 'answer '.repeat(1 + (i % 4)))),
}));

test('the plan is what the worker does to the same rows', async () => {
  const path = join(temporary('lengths'), 'rows.jsonl.gz');
  writeFileSync(path, gzipSync(rows.map((row) => JSON.stringify(row)).join('\n')));
  for (const objective of ['sft', 'text'] as const)
    for (const maxLength of [24, 40, 1000]) {
      const { signal } = new AbortController();
      const worker = await tokenizeRows(path, tokenizer, { objective, maxLength, signal });
      const tally = lengthTally(maxLength);
      for (const [i, { row, ...input }] of rows.entries())
        if (input.fate !== 'duplicate')
          tally.add(encodeInput(tokenizer, { ...input, number: i + 1, row: row! }, { objective }));
      const { cut, empty, learnt, lost, rows: n } = tally.result();
      expect([cut, empty, n]).toEqual([
        worker.truncated,
        worker.empty,
        worker.train_rows + worker.held_out_rows.length + worker.empty,
      ]);
      const read = [...worker.train, ...worker.held_out].reduce(
        (sum, { weights }) => sum + weights.filter((w) => w > 0).length,
        0,
      );
      expect(learnt - lost).toBe(read);
    }
});

test('bins hold every value once, and a giant does not squeeze the rest into one', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(100_000), { minLength: 1 }), (values) => {
      const sorted = values.toSorted((a, b) => a - b);
      const { step, bins } = histogramOf(sorted);
      expect(bins.reduce((a, b) => a + b)).toBe(values.length);
      expect(bins.length).toBeLessThan(18);
      for (const [i, n] of bins.slice(0, -1).entries())
        expect(n).toBe(
          values.filter((v) => (v > i * step || (i === 0 && v === 0)) && v <= (i + 1) * step).length,
        );
    }),
  );
  const { bins } = histogramOf([...Array.from({ length: 99 }, (_, i) => i + 1), 1_000_000]);
  expect(bins.filter((n) => n > 0).length).toBeGreaterThan(9);
  expect(histogramOf([])).toEqual({ step: 1, bins: [] });
});

test('is said in words', () => {
  const tally = lengthTally(20);
  for (const n of [1, 2, 30])
    tally.add(
      encodeInput(
        tokenizer,
        {
          number: 1,
          file: '',
          line: 1,
          fate: 'train',
          reason: null,
          row: chat(say('user', 'a'), say('assistant', 'b '.repeat(n))),
        },
        { objective: 'sft' },
      ),
    );
  const lengths = tally.result();
  expect(planOf(lengths, 20)).toMatch(
    /^max_length 20: 1 row \(33 %\) is cut; \d+ of \d+ tokens to learn are lost \(\d+ %\); 0 rows have nothing/,
  );
  expect(planOf(lengths, 1000).replace(/;.*/, '')).toContain('1 row');
  expect(wholeIn(lengths)).toMatch(/^50 % of the rows fit in \d+ tokens, 90 % in 6\d.*, all in 6\d$/);
  expect(binName({ step: 20, bins: [1, 2], max: 60 }, 0)).toBe('1–20');
  expect(binName({ step: 20, bins: [1, 2], max: 60 }, 1)).toBe('over 20');
});
