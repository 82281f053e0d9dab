/** What people drop is not always lines of JSON. */
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, test } from 'vitest';
import { ingest } from '../../functions/ingest.ts';
import { findDataset } from '../../shared/db/datasets.ts';
import { findJob } from '../../shared/db/jobs.ts';
import { bench, faq, put, settle } from '../helpers/control-plane.ts';
import { xlsx, zip, zst } from '../shared/dataset/packed/pack.ts';

const questions = Array.from({ length: 40 }, (_, i) => `How much is the ${i}th tea of ${i * 7}?`);
const answers = questions.map((_, i) => `It is ${i * 3} crowns.`);
const table = [['question', 'answer'], ...questions.map((q, i) => [q, answers[i]!])];
const parquet = new Uint8Array(
  parquetWriteBuffer({
    columnData: [
      { name: 'question', data: questions, type: 'STRING' },
      { name: 'answer', data: answers, type: 'STRING' },
    ],
  }),
);

const dropped = async (
  path: string,
  content: string | Uint8Array,
  more: Readonly<Record<string, string | Uint8Array>> = {},
) => {
  const b = await bench();
  for (const [name, body] of Object.entries(more)) await ingest(b.deps, put(b, name, body));
  const outcome = await ingest(b.deps, put(b, path, content));
  if (outcome.kind !== 'job') throw new Error(JSON.stringify(outcome));
  await settle(b.deps);
  const job = await findJob(b.deps.db, outcome.job.id);
  const { report } = await findDataset(b.deps.db, job.dataset);
  return { job, report };
};

describe('a drop of', () => {
  test.each([
    ['faq.jsonl.gz', gzipSync(faq())],
    ['faq.jsonl.zst', zst(faq())],
    ['faq.parquet', parquet],
    ['faq.xlsx', xlsx({ Sheet1: table })],
    [
      'faq.zip',
      zip([
        { name: 'train.jsonl', body: faq() },
        { name: 'README.md', body: 'read me' },
      ]),
    ],
    ['faq.tsv', table.map((row) => row.join('\t')).join('\n')],
    ['faq.txt', questions.join('\n')],
  ])('%s is trained on', async (name, body) => {
    const { job, report } = await dropped(name, body);
    expect([job.status, job.name]).toEqual(['succeeded', 'faq']);
    expect(report!.rows).toMatchObject({ in: 40, quarantined: 0, dropped: 0 });
  });

  test('a folder of shards is one dataset', async () => {
    const { job, report } = await dropped('faq/_READY', '', {
      'faq/train-00000-of-00002.parquet': parquet,
      'faq/train-00001-of-00002.jsonl.gz': gzipSync(faq()),
      'faq/dev.xlsx': xlsx({
        a: [
          ['question', 'answer'],
          ['Is it?', 'It is.'],
        ],
      }),
    });
    expect(job.status).toBe('succeeded');
    expect(report!.rows).toMatchObject({ in: 81, train: 80, held_out: 1 });
  });

  test('an archive with a way out is refused with its reason', async () => {
    const { job } = await dropped('faq.zip', zip([{ name: '../train.jsonl', body: faq() }]));
    expect(job).toMatchObject({ status: 'failed', error: { code: 'invalid_training_file' } });
    expect(job.error!.message).toContain('leave its folder');
  });
});
