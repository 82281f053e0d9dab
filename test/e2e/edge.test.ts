/** Odd datasets all the way through the real engine; `drops.test.ts` has those that no engine ever sees. */
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporary } from '../helpers/database.ts';
import { catchMoment, jsonLines, type Killable, readText, serveProcess } from '../helpers/killable.ts';
import { dropFolder, songs } from '../helpers/songs.ts';
import { writeTinyBase } from '../helpers/tiny-base.ts';

const folder = temporary('edge');
const home = join(folder, 'home');
const bucket = join(home, 'bucket');
const yaml = `base: ${writeTinyBase(join(folder, 'base'))}
method: { type: lora, r: 4 }
training: { n_epochs: 1, batch_size: 8, max_length: 256 }
data: { held_out: 8 }
evaluation: { max_new_tokens: 4, samples: 8 }
`;
let service: Killable;
beforeAll(async () => {
  mkdirSync(home);
  service = await serveProcess(home);
});
afterAll(async () => {
  await service.kill();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

type Status = { job: string; status: string; duplicate_of: string | null };
const statusWhere = (path: string, there: (status: Status) => boolean): Promise<Status> =>
  catchMoment(
    () => {
      const text = readText(join(bucket, 'outbox', path, 'status.json'));
      const status = text === '' ? null : (JSON.parse(text) as Status);
      return status && there(status) ? status : null;
    },
    () =>
      `${path}\n${readText(join(bucket, 'outbox', path, 'status.json'))}\n${readText(join(home, 'service.log'))}`,
  );
const endOf = (path: string) =>
  statusWhere(path, ({ status }) => ['succeeded', 'failed', 'cancelled'].includes(status));
const jobsOf = async (project: string) =>
  (await service.client.jobs({ limit: 50 })).data.filter(({ x_project }) => x_project === project);

const chat = (...turns: string[]): string =>
  JSON.stringify({ messages: turns.map((content, i) => ({ role: i % 2 ? 'assistant' : 'user', content })) });
const windows = (text: string): string => `\uFEFF${text.replaceAll('\n', '\r\n')}\r\n`;
const contents = (messages: unknown): string[] =>
  (messages as { content: string }[]).map(({ content }) => content);

describe('the real engine', () => {
  test(
    'learns from lines of Windows after a byte order mark; the same files again are the same job',
    { timeout: 240_000 },
    async () => {
      const files = { 'train.jsonl': windows(songs()), 'job.yaml': windows(yaml) };
      dropFolder(bucket, 'windows/set', files);
      const { job, status } = await endOf('windows/set');
      expect(status).toBe('succeeded');
      const rows = { in: 40, train: 32, held_out: 8, dropped: 0, duplicate: 0, quarantined: 0 };
      expect(await service.client.dataset(job)).toMatchObject({ rows });
      expect((await service.client.report(job))?.figures).toMatchObject({
        train_rows: 32,
        held_out_rows: 8,
        cut_rows: 0,
      });
      const [dataset] = readdirSync(join(bucket, 'datasets'));
      const canonical = jsonLines(
        gunzipSync(readFileSync(join(bucket, 'datasets', dataset!, 'rows.jsonl.gz'))).toString(),
      );
      expect(canonical.map(({ row }) => contents((row as { messages: unknown }).messages))).toEqual(
        jsonLines(songs()).map(({ messages }) => contents(messages)),
      );

      dropFolder(bucket, 'windows/set', files);
      await statusWhere('windows/set', ({ duplicate_of }) => duplicate_of === job);
      expect(await jobsOf('windows')).toHaveLength(1);
    },
  );

  test(
    'cuts rows of 100,000 tokens, leaves out those that are all question, and counts both',
    { timeout: 240_000 },
    async () => {
      const long = 'la '.repeat(33_333);
      const train = [
        songs(),
        chat('Sing on and on.', long),
        chat(`What comes after ${long}?`, 'Silence.'),
      ].join('\n');
      const valid = [
        ...songs().replaceAll('Sing', 'Hum').split('\n').slice(0, 6),
        chat('Sing on.', long), // asked: its question is short
        chat('Sing first.', 'La.', long, 'Enough.'), // not asked: its last question is long
        chat(`And after ${long}?`, 'Peace.'), // nothing of its answer is left
      ].join('\n');
      dropFolder(bucket, 'long/set', { 'train.jsonl': train, 'valid.jsonl': valid, 'job.yaml': yaml });
      const { job, status } = await endOf('long/set');
      expect(status).toBe('succeeded');
      const dataset = await service.client.dataset(job);
      expect(dataset).toMatchObject({ rows: { in: 51, train: 42, held_out: 9, dropped: 0, quarantined: 0 } });
      const report = await service.client.report(job);
      expect(report?.figures).toMatchObject({
        train_rows: 41,
        held_out_rows: 8,
        cut_rows: 5,
        empty_rows: 2,
        answered_rows: 7,
      });
      expect(report?.arms[1]?.metrics['loss']?.n).toBe(8);
      expect(await jobsOf('long')).toHaveLength(1);
    },
  );
});
