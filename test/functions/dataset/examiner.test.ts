/** The report is the same, however many threads examine the rows and however the bytes come. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { examinerInThreads } from '../../../functions/dataset/examiner.ts';
import { fileSpill } from '../../../functions/dataset/file-spill.ts';
import type { AccountedRow } from '../../../shared/contracts/row.ts';
import { checkDataset } from '../../../shared/dataset/check.ts';
import { dataOf, inChunks } from '../../shared/dataset/drop.ts';

const most = { bytes: 2 ** 32, rows: 1e6 };

type Way = { readonly threads: number; readonly chunk: number };

const checked = async (files: readonly Uint8Array[], { threads, chunk }: Way) => {
  const data = dataOf();
  const examiner = examinerInThreads(data, threads, 0);
  const spill = fileSpill();
  const rows: AccountedRow[] = [];
  try {
    const sources = files.map((bytes, i) => ({
      file: `${i}.jsonl`,
      role: 'train' as const,
      chunks: inChunks(bytes, chunk),
    }));
    const report = await checkDataset(sources, data, 1, (row) => void rows.push(row), {
      examiner,
      spill,
      most,
    });
    return { report, rows };
  } finally {
    await examiner.close();
    spill.close();
  }
};

const line = fc.oneof(
  fc.nat(40).map((i) => JSON.stringify({ prompt: `question ${i}`, completion: `answer ${i}` })),
  fc.string({ unit: 'grapheme' }).map((text) => JSON.stringify({ text })),
  fc.constantFrom('', '{', '{"prompt":"a"}', ' \r', '{"messages":[]}', '\u00a0'),
);
const body = fc.array(line, { minLength: 1, maxLength: 40 }).map((lines) => {
  const filler = ' '.repeat(200_000); // a blank line that fills pieces
  return Buffer.from(
    Array.from({ length: 12 }, (_, i) => `${lines.join('\n')}\n${i % 4 ? '' : filler}`).join('\n'),
  );
});

test('threads and chunks change nothing', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(body, { minLength: 1, maxLength: 2 }), async (files) => {
      const alone = await checked(files, { threads: 0, chunk: 65_536 });
      expect(alone.rows.length).toBe(alone.report.rows.in);
      expect(await checked(files, { threads: 2, chunk: 65_536 })).toEqual(alone);
      expect(await checked(files, { threads: 1, chunk: 9_999_999 })).toEqual(alone);
    }),
    { numRuns: 3 },
  );
});

const rows = (n: number): string => `${JSON.stringify({ text: 'word '.repeat(1000) })}\n`.repeat(n);

test('a file that breaks in one thread ends there, whatever the others had of it', async () => {
  const bytes = Buffer.concat([
    Buffer.from(rows(900)),
    Buffer.from([0x7b, 0xff, 0x0a]),
    Buffer.from(rows(900)),
  ]);
  for (const threads of [0, 1, 2]) {
    const { report } = await checked([bytes], { threads, chunk: 65_536 });
    expect(report.rows.in).toBe(900);
    const { code, places } = report.problems[0]!;
    expect([code, places[0]?.line, places[0]?.excerpt]).toEqual([
      'not_text',
      901,
      `byte 0xff at offset ${rows(900).length + 1} does not fit utf-8`,
    ]);
  }
});

test('a thread that cannot go on fails the check', async () => {
  const examiner = examinerInThreads(dataOf(), 1, 0);
  const asked = examiner.examine({ rows: null as unknown as [] });
  await expect(asked).rejects.toThrow();
  await examiner.close();
});
