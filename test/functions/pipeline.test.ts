import { gunzipSync } from 'node:zlib';
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { ingest } from '../../functions/ingest.ts';
import type { Deps } from '../../functions/deps.ts';
import { AccountedRow } from '../../shared/contracts/row.ts';
import { Spec } from '../../shared/contracts/spec.ts';
import { OutboxStatus } from '../../shared/contracts/outbox.ts';
import { findDataset } from '../../shared/db/datasets.ts';
import { historyOf } from '../../shared/db/events.ts';
import { findJob } from '../../shared/db/jobs.ts';
import { keys } from '../../shared/keys.ts';
import { jsonlOf } from '../shared/dataset/drop.ts';
import { bench, type Bench, faq, put, readJson, settle } from '../helpers/control-plane.ts';

const types = async (deps: Deps, job: string) => (await historyOf(deps.db, job)).map(({ type }) => type);
const drop = async (b: Bench, path = 'faq.jsonl', content = faq()) => {
  const outcome = await ingest(b.deps, put(b, path, content));
  if (outcome.kind !== 'job') throw new Error(JSON.stringify(outcome));
  return outcome.job.id;
};

describe('from drop to model', () => {
  test('a dropped file goes through every station', async () => {
    const b = await bench();
    const { storage, db } = b.deps;
    const id = await drop(b);
    await settle(b.deps);

    const job = await findJob(db, id);
    expect(job).toMatchObject({
      status: 'succeeded',
      attempt: 1,
      verdict: 'improved',
      name: 'faq',
      project: 'acme',
    });
    expect(await types(b.deps, id)).toEqual([
      'created',
      'validated',
      'queued',
      'claimed',
      'started',
      'progressed',
      'checkpointed',
      'evaluated',
      'succeeded',
    ]);
    const status = OutboxStatus.parse(await readJson(storage, 'outbox/acme/faq/status.json'));
    expect(status).toMatchObject({
      job: id,
      status: 'succeeded',
      verdict: 'improved',
      model: job.model,
      error: null,
      duplicate_of: null,
    });
    expect(status.files).toEqual([
      'report.html',
      'adapter/adapter_config.json',
      'adapter/adapter_model.safetensors',
    ]);
    for (const file of status.files) expect(await storage.head(`outbox/acme/faq/${file}`)).not.toBeNull();
    expect(await readJson(storage, keys.model(job.model!))).toMatchObject({
      id: job.model,
      adapter: job.adapter,
      job: id,
    });
  });
  test('pairs of answers are learnt by DPO without being told so', async () => {
    const b = await bench();
    const pairs = Array.from({ length: 40 }, (_, i) => ({
      prompt: `q${i}`,
      chosen: `a${i}`,
      rejected: 'no',
    }));
    const id = await drop(b, 'pairs.jsonl', jsonlOf(pairs));
    await settle(b.deps);
    const spec = Spec.parse(await readJson(b.deps.storage, b.launched[0]!));
    expect(spec.recipe.objective).toMatchObject({ type: 'dpo', beta: 0.1 });
    const job = await findJob(b.deps.db, id);
    const report = (await findDataset(b.deps.db, job.dataset)).report!;
    expect(report).toMatchObject({ shape: 'preference', kinds: { preference: 40 } });
  });
  test('an objective that the rows cannot serve is refused before any machine starts', async () => {
    const b = await bench();
    await ingest(b.deps, put(b, 'faq/job.yaml', 'objective: { type: dpo }'));
    const id = await drop(b, 'faq/train.jsonl');
    await settle(b.deps);
    expect(b.launched).toEqual([]);
    expect((await findJob(b.deps.db, id)).error).toMatchObject({
      code: 'invalid_recipe',
      message: expect.stringMatching(
        /dpo learns from pairs of answers, .* 40 dialogues: set objective.type to sft/,
      ) as string,
    });
  });
  test('the spec is whole, and names rows whose digest is right', async () => {
    const b = await bench();
    const id = await drop(b);
    await settle(b.deps);
    const spec = Spec.parse(await readJson(b.deps.storage, b.launched[0]!));
    expect(spec).toMatchObject({ job: id, attempt: 1, seed: 42, resume_from: null, prefix: `runs/${id}/1/` });
    const { dataset } = await findJob(b.deps.db, id);
    const rows = (await b.deps.storage.read(keys.rows(dataset)))!;
    expect(createHash('sha256').update(rows).digest('hex')).toBe(spec.dataset.sha256);
    const lines = gunzipSync(rows)
      .toString()
      .trim()
      .split('\n')
      .map((line) => AccountedRow.parse(JSON.parse(line)));
    expect(lines).toHaveLength(40);
    expect((await findDataset(b.deps.db, dataset)).report?.rows).toMatchObject({
      in: 40,
      train: lines.filter((l) => l.fate === 'train').length,
    });
  });
  test('the same bytes under two names give the same rows, byte for byte', async () => {
    const b = await bench();
    const digests = [];
    for (const name of ['a.jsonl', 'b.jsonl']) {
      const id = await drop(b, name);
      await settle(b.deps);
      const { dataset } = await findJob(b.deps.db, id);
      const lines = gunzipSync((await b.deps.storage.read(keys.rows(dataset)))!)
        .toString()
        .replaceAll(name, 'x');
      digests.push(createHash('sha256').update(lines).digest('hex'));
    }
    expect(digests[0]).toBe(digests[1]);
  });
  test.each([
    ['an empty file', ''],
    ['binary bytes', String.fromCodePoint(0, 1, 2, 0xfffd, 0, 5).repeat(50)],
    ['rows that nobody can learn from', '{"a":1}\n{"b":2}\n'],
  ])('%s is refused once, with reasons', async (_, content) => {
    const b = await bench();
    const id = await drop(b, 'bad.jsonl', content);
    await settle(b.deps);
    const job = await findJob(b.deps.db, id);
    expect(job).toMatchObject({
      status: 'failed',
      error: { code: 'invalid_training_file', param: 'training_file' },
    });
    expect(job.error!.message.length).toBeGreaterThan(20);
    expect(await readJson(b.deps.storage, 'outbox/acme/bad/status.json')).toMatchObject({
      status: 'failed',
      files: ['errors.json', 'report.html'],
      error: { hint: expect.any(String) },
    });
    expect(await readJson(b.deps.storage, 'outbox/acme/bad/errors.json')).toMatchObject({
      status: 'rejected',
    });
    const page = Buffer.from((await b.deps.storage.read('outbox/acme/bad/report.html'))!).toString();
    expect(page).toContain('<h1>✗ Refused</h1>');
    expect(b.launched).toEqual([]);
  });
  test('a file that goes away before it is read fails its job with a word', async () => {
    const b = await bench();
    const id = await drop(b);
    await b.deps.storage.remove('inbox/acme/faq.jsonl');
    await settle(b.deps);
    expect(await findJob(b.deps.db, id)).toMatchObject({
      status: 'failed',
      error: { code: 'invalid_training_file', message: expect.stringContaining('faq.jsonl') },
    });
  });
  test('a budget that is too small is refused before a machine is started', async () => {
    const b = await bench();
    put(b, 'small/job.yaml', 'budget: { max_tokens: 10, max_usd: 1000 }');
    const id = await drop(b, 'small/train.jsonl');
    await settle(b.deps);
    expect(await findJob(b.deps.db, id)).toMatchObject({
      status: 'failed',
      error: { code: 'budget_exceeded' },
    });
    expect(b.launched).toEqual([]);
  });
  test('a budget of money is kept to by a shorter job where the recipe says so', async () => {
    const b = await bench();
    put(b, 'cheap/job.yaml', 'budget: { max_usd: 0.5, when_exceeded: trim }\ntraining: { n_epochs: 40 }');
    const id = await drop(b, 'cheap/train.jsonl');
    await settle(b.deps);
    const { resolved } = await findJob(b.deps.db, id);
    expect(resolved!.training.n_epochs).toBeLessThan(40);
  });
});
