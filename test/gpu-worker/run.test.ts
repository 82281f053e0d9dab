import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { Manifest } from '../../shared/contracts/spec.ts';
import { AppError } from '../../shared/errors.ts';
import { runKeys } from '../../shared/keys.ts';
import { makeRun, startWorker } from '../helpers/engine-run.ts';
import { putJson, textOf, until, wrapStore } from '../helpers/engine-store.ts';
import { filesOf, lastIn, logOf, stepsIn, typesIn } from '../helpers/engine-view.ts';

describe('a run', () => {
  test('leaves adapter, report, curve, log, a manifest over them, and its last event after all of it', async () => {
    const run = await makeRun();
    const { outcome, said } = startWorker(run, { fake: { garbage: true } });
    expect(await outcome).toBe('succeeded');
    expect(await typesIn(run)).toEqual([
      'started',
      'checkpointed',
      'checkpointed',
      'checkpointed',
      'evaluated',
      'succeeded',
    ]);
    expect(await lastIn(run)).toMatchObject({
      adapter: `${run.prefix()}adapter/`,
      trained_tokens: 48,
      verdict: 'improved',
    });
    expect(await stepsIn(run)).toEqual([1, 2, 3, 4, 5, 6]);

    const manifest = Manifest.parse(JSON.parse(await textOf(run.storage, runKeys.manifest(run.prefix()))));
    expect(Object.keys(manifest.files).toSorted()).toEqual([
      'adapter/adapter_config.json',
      'adapter/adapter_model.safetensors',
      'metrics.jsonl',
      'predictions.jsonl',
      'report.html',
      'report.json',
    ]);
    for (const [file, { bytes }] of Object.entries(manifest.files))
      expect((await run.storage.head(run.prefix() + file))?.bytes, file).toBe(bytes);
    expect(readdirSync(join(run.storage.root, run.prefix(), 'checkpoint'))).toContain('6');
    expect(await run.storage.head(`${run.prefix()}checkpoint/2/complete.json`)).toBeNull();

    const log = await logOf(run);
    for (const line of ['the engine has begun', 'not json', '2 rows with 5 tokens to learn, 1 held out'])
      expect(log).toContain(line);
    expect(said.at(-1)).toEqual({ type: 'done', trained_tokens: 48, verdict: 'improved' });
    expect(said).toContainEqual(expect.objectContaining({ type: 'metrics' }));
  });

  test('of two workers that race for it is done once, and the other touches nothing', async () => {
    const run = await makeRun();
    const outcomes = await Promise.all([startWorker(run).outcome, startWorker(run).outcome]);
    expect(outcomes.toSorted()).toEqual(['claimed_elsewhere', 'succeeded']);
    expect((await typesIn(run)).filter((type) => type === 'started')).toHaveLength(1);
  });

  test('that another has claimed is left alone to the last byte', async () => {
    const run = await makeRun();
    await putJson(run.storage, runKeys.claim(run.prefix()), { token: 'theirs', machine: 'there', at_ms: 1 });
    const before = filesOf(run);
    expect(await startWorker(run).outcome).toBe('claimed_elsewhere');
    expect(filesOf(run)).toEqual(before);
    expect(await textOf(run.storage, runKeys.claim(run.prefix()))).toContain('theirs');
  });

  test('through a store that fails every third call ends well, with events in a row', async () => {
    const run = await makeRun();
    let calls = 0;
    const storage = wrapStore(run.storage, () => {
      calls += 1;
      if (calls % 3 === 0) throw new AppError('storage_failed', 'Away for a moment');
      return calls % 3 === 1 && calls > 10 ? 'lost' : undefined;
    });
    expect(await startWorker({ ...run, storage: { ...storage, root: run.storage.root } }).outcome).toBe(
      'succeeded',
    );
    expect(await lastIn(run)).toMatchObject({ type: 'succeeded' });
    expect(await stepsIn(run)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await logOf(run)).toContain('trying again');
  });

  test('keeps its heartbeat while the engine is silent, with a growing number', async () => {
    const run = await makeRun();
    const { outcome } = startWorker(run, { fake: { steps: 1, step_ms: 400 } });
    const beat = async () =>
      JSON.parse((await textOf(run.storage, runKeys.heartbeat(run.prefix()))) || '{}').seq ?? 0;
    await until(async () => (await beat()) >= 3);
    const { seq, step, at_ms } = JSON.parse(await textOf(run.storage, runKeys.heartbeat(run.prefix())));
    expect([typeof seq, step, typeof at_ms]).toEqual(['number', 0, 'number']);
    expect(await outcome).toBe('succeeded');
  });
});

test('a run clears the temporary folder of itself and of attempts that were killed, however it ends', async () => {
  for (const fake of [{}, { die_at: 2, how: 'exit' }] as const) {
    const run = await makeRun();
    mkdirSync(join(tmpdir(), `droptune-${run.job}-1-killed`));
    await run.putSpec(2);
    await startWorker(run, { attempt: 2, fake }).outcome;
    expect(readdirSync(tmpdir()).filter((name) => name.includes(run.job))).toEqual([]);
  }
});
