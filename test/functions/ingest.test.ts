import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { locate } from '../../functions/inbox/locate.ts';
import { parseRecipe } from '../../functions/inbox/recipe.ts';
import { type Ingested, ingest } from '../../functions/ingest.ts';
import { sweep } from '../../functions/sweep.ts';
import { listJobs } from '../../shared/db/jobs.ts';
import { findDataset } from '../../shared/db/datasets.ts';
import { empty } from '../helpers/database.ts';
import { bench, type Bench, faq, put, readJson, settle } from '../helpers/control-plane.ts';

const jobs = async (b: Bench) => (await listJobs(b.deps.db, { limit: 99 })).data;
const dropped = async (b: Bench, path: string, content: string): Promise<Ingested> =>
  ingest(b.deps, put(b, path, content));
const jobOf = (outcome: Ingested) => {
  if (outcome.kind !== 'job') throw new Error(`no job: ${JSON.stringify(outcome)}`);
  return outcome.job;
};

describe('what a key is', () => {
  test.each([
    ['inbox/acme/faq.jsonl', { kind: 'file', project: 'acme', file: 'faq.jsonl' }],
    ['inbox/acme/数据.csv', { kind: 'file', project: 'acme', file: '数据.csv' }],
    ['inbox/acme/faq/train.jsonl', { kind: 'member', project: 'acme', name: 'faq', file: 'train.jsonl' }],
  ])('%s', (key, place) => expect(locate(key)).toEqual(place));
  test.each([
    'outbox/acme/x',
    'inbox/file.jsonl',
    'inbox/acme/',
    'inbox/acme/faq/',
    'inbox/acme/.hidden',
    'inbox/acme/.d/train.jsonl',
    'inbox/acme/a.jsonl~',
    'inbox/acme/a.jsonl.part',
    'inbox/acme/~$a.csv',
    'inbox/acme/a.tmp',
    'inbox/acme/Thumbs.db',
    'inbox/-bad/a.jsonl',
    'inbox/acme/a/b/c.jsonl',
    'inbox/acme/job.yaml',
    'inbox/acme/_READY',
  ])('%s is ignored with a reason', (key) => {
    expect(locate(key)).toEqual({ kind: 'ignored', why: expect.stringMatching(/.{10}/) });
  });
});

describe('job.yaml', () => {
  test('what is wrong is named with its line and key', () => {
    const text =
      'base: nano\ntraining:\n  n_epochs: 3\n  batch_size: many\n  learn_rate: 1\nmethod: { type: lora, r: 0 }\n';
    const { error } = parseRecipe('job.yaml', text);
    expect(error).toMatchObject({ code: 'invalid_recipe' });
    expect(error!.message).toMatch(/job\.yaml:4: training\.batch_size/);
    expect(error!.message).toMatch(/job\.yaml:5: training\.learn_rate/);
    expect(error!.message).toMatch(/job\.yaml:6: method\.r/);
  });
  test.each([
    ['training: [', 1],
    ['a: 1\nb: [2\n', 3],
    ['base: x\nbase: y', 2],
  ])('%j is not YAML', (text, line) => {
    expect(parseRecipe('job.yaml', text).error?.message).toMatch(new RegExp(`^job\\.yaml:${line}: `));
  });
  test.each(['', '# nothing\n', '{}'])('%j is the default recipe', (text) => {
    expect(parseRecipe('job.yaml', text).recipe).toMatchObject({
      base: 'HuggingFaceTB/SmolLM2-135M-Instruct',
    });
  });
  test.each(['- a', 'text', '7'])('%j is no recipe', (text) => {
    expect(parseRecipe('job.yaml', text).error?.code).toBe('invalid_recipe');
  });
});

describe('files', () => {
  test('ten events of one file make one job', async () => {
    const b = await bench();
    const event = put(b, 'faq.jsonl', faq());
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => ingest(b.deps, event)));
    expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual([
      ...Array.from({ length: 9 }, () => 'duplicate'),
      'job',
    ]);
    expect(await jobs(b)).toHaveLength(1);
    await settle(b.deps);
    expect(await readJson(b.deps.storage, 'outbox/acme/faq/status.json')).toMatchObject({
      status: 'succeeded',
      duplicate_of: null,
    });
  });
  test('the same bytes again are the first job, and the outbox says so from then on', async () => {
    const b = await bench();
    const { id } = jobOf(await dropped(b, 'faq.jsonl', faq()));
    expect(await dropped(b, 'faq.jsonl', faq())).toMatchObject({ kind: 'duplicate', of: { id } });
    await settle(b.deps);
    expect(await readJson(b.deps.storage, 'outbox/acme/faq/status.json')).toMatchObject({
      job: id,
      status: 'succeeded',
      duplicate_of: id,
    });
    expect(b.launched).toHaveLength(1);
  });
  test('again forces another job, once for each time it is said', async () => {
    const b = await bench();
    const event = put(b, 'faq.jsonl', faq());
    await ingest(b.deps, event);
    const kinds = [];
    for (const again of ['1', '1', '2']) kinds.push((await ingest(b.deps, event, { again })).kind);
    expect(kinds).toEqual(['job', 'duplicate', 'job']);
  });
  test('other bytes under the same key are another job', async () => {
    const b = await bench();
    jobOf(await dropped(b, 'faq.jsonl', faq()));
    jobOf(await dropped(b, 'faq.jsonl', faq(41)));
    expect(await jobs(b)).toHaveLength(2);
  });
  test('what is not there, or elsewhere, is ignored', async () => {
    const b = await bench();
    expect(await ingest(b.deps, { store: b.deps.storage.uri, key: 'inbox/acme/gone.jsonl' })).toMatchObject({
      kind: 'ignored',
      why: expect.stringContaining('no such object'),
    });
    mkdirSync(join(b.root, 'inbox/acme/folder'), { recursive: true });
    expect(await ingest(b.deps, { store: b.deps.storage.uri, key: 'inbox/acme/folder' })).toMatchObject({
      kind: 'ignored',
    });
    expect(await ingest(b.deps, { ...put(b, 'a.jsonl', faq()), store: 'file:/other' })).toMatchObject({
      kind: 'ignored',
    });
    expect(await jobs(b)).toEqual([]);
  });
  test('two files of one stem, and a folder of that name, have outboxes of their own', async () => {
    const b = await bench();
    const first = jobOf(await dropped(b, 'faq.jsonl', faq()));
    const second = jobOf(await dropped(b, 'faq.csv', 'prompt,completion\na,b\n'));
    expect([first.name, second.name]).toEqual(['faq', 'faq.csv']);
    put(b, 'two.jsonl', faq(40, 'x'));
    const csv = jobOf(await dropped(b, 'two.csv', 'prompt,completion\nc,d\n'));
    const jsonl = jobOf(await ingest(b.deps, { store: b.deps.storage.uri, key: 'inbox/acme/two.jsonl' }));
    expect([csv.name, jsonl.name]).toEqual(['two.csv', 'two.jsonl']);
    put(b, 'both/_READY', '');
    expect(jobOf(await dropped(b, 'both/train.jsonl', faq(40, 'y'))).name).toBe('both');
    expect(jobOf(await dropped(b, 'both.jsonl', faq(40, 'z'))).name).toBe('both.jsonl');
  });
  test('a project has its own default recipe', async () => {
    const b = await bench();
    expect((await dropped(b, 'job.yaml', 'base: nano\n')).kind).toBe('ignored');
    expect(jobOf(await dropped(b, 'faq.jsonl', faq())).recipe.base).toBe('nano');
  });
});

describe('folders', () => {
  const parts: [string, string][] = [
    ['faq/train.jsonl', faq()],
    [
      'faq/job.yaml',
      'base: nano\nevaluation: { schema: call.schema.json }\nwebhook: { url: "http://127.0.0.1:9/" }\n',
    ],
    ['faq/call.schema.json', '{"type":"object"}'],
    ['faq/validation.jsonl', faq(20, 'milk')],
    ['faq/notes.txt', 'for us'],
  ];
  test('one job, in whatever order the files come and however often each is told', async () => {
    const b = await bench();
    const { db } = b.deps;
    const orders = fc.shuffledSubarray([...parts, ...parts], { minLength: 10, maxLength: 10 });
    let n = 0;
    await fc.assert(
      fc.asyncProperty(orders, async (order) => {
        await empty(db);
        n += 1;
        for (const [path, content] of order) await dropped(b, path.replace('faq', `faq${n}`), content);
        const [job, ...more] = await jobs(b);
        expect(more).toEqual([]);
        expect(job?.recipe).toMatchObject({ base: 'nano', evaluation: { schema: { type: 'object' } } });
        const { sources } = await findDataset(db, job!.dataset);
        expect(sources[0]).toMatchObject({ role: 'train', filename: 'train.jsonl' });
      }),
      { numRuns: 15 },
    );
  });
  test('a folder says what it waits for, until it has it', async () => {
    const b = await bench();
    const waits = async () => (await readJson(b.deps.storage, 'outbox/acme/faq/status.json'))?.['message'];
    expect(await dropped(b, ...parts[0]!)).toEqual({ kind: 'waiting', for: ['job.yaml or _READY'] });
    expect(await waits()).toBe('The drop waits for job.yaml or _READY.');
    expect(await dropped(b, ...parts[1]!)).toEqual({ kind: 'waiting', for: ['call.schema.json'] });
    expect(await waits()).toBe('The drop waits for call.schema.json.');
    expect(jobOf(await dropped(b, ...parts[2]!)).name).toBe('faq');
    await settle(b.deps);
    expect(await waits()).toMatch(/^The tuned model is /);
  });
  test('an empty _READY is enough, and test files are the validation', async () => {
    const b = await bench();
    await dropped(b, 'q/train.csv', 'prompt,completion\na,b\n');
    await dropped(b, 'q/dev.csv', 'prompt,completion\nc,d\n');
    const job = jobOf(await dropped(b, 'q/_READY', ''));
    expect(
      (await findDataset(b.deps.db, job.dataset)).sources.map(({ role, filename }) => [role, filename]),
    ).toEqual([
      ['train', 'train.csv'],
      ['valid', 'dev.csv'],
    ]);
  });
  test('a broken job.yaml is a failed job that names the line', async () => {
    const b = await bench();
    await dropped(b, 'q/train.jsonl', faq());
    const job = jobOf(await dropped(b, 'q/job.yaml', 'base: nano\ntraining: { n_epoch: 3 }\n'));
    expect(job).toMatchObject({
      status: 'failed',
      error: { code: 'invalid_recipe', message: expect.stringContaining('job.yaml:2: training.n_epoch') },
    });
    await settle(b.deps);
    expect(await readJson(b.deps.storage, 'outbox/acme/q/status.json')).toMatchObject({
      status: 'failed',
      error: { code: 'invalid_recipe' },
    });
    expect(b.launched).toEqual([]);
    expect(jobOf(await dropped(b, 'q/job.yaml', 'base: nano\n')).status).toBe('validating');
  });
  test.each([
    ['../other/secret.json', /not a file beside/],
    ['bad.json', /bad\.json: not a JSON Schema/],
  ])('a schema at %s is refused', async (schema, message) => {
    const b = await bench();
    put(b, 'q/bad.json', '{');
    await dropped(b, 'q/train.jsonl', faq());
    const job = jobOf(await dropped(b, 'q/job.yaml', `evaluation: { schema: ${schema} }\n`));
    expect(job.error?.message).toMatch(message);
  });
});

describe('events that never came', () => {
  test('are made up for by the second sweep, once, and not for files that still grow', async () => {
    const b = await bench();
    put(b, 'faq.jsonl', faq(20));
    expect((await sweep(b.deps)).ingested).toEqual([]);
    put(b, 'faq.jsonl', faq(40));
    expect((await sweep(b.deps)).ingested).toEqual([]);
    expect((await sweep(b.deps)).ingested).toMatchObject([{ kind: 'job' }]);
    expect((await sweep(b.deps)).ingested).toEqual([]);
    await settle(b.deps);
    expect(await jobs(b)).toMatchObject([{ status: 'succeeded' }]);
  });
});
