import { describe, expect, test } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import { keys, runKeys } from '../../shared/keys.ts';
import { makeRun, row, startWorker } from '../helpers/engine-run.ts';
import { QUICK, wrapStore } from '../helpers/engine-store.ts';
import { lastIn, logOf, stepsIn } from '../helpers/engine-view.ts';

describe('a run that fails says why in its last event', () => {
  test('its engine ended: with the end of the log', async () => {
    const run = await makeRun();
    expect(await startWorker(run, { fake: { die_at: 3, how: 'exit' } }).outcome).toBe('failed');
    const last = await lastIn(run);
    expect(last).toMatchObject({ type: 'failed', error: { code: 'engine_failed' } });
    expect(last?.type === 'failed' && last.error.log_tail).toContain('the engine has begun');
    expect(await stepsIn(run)).toEqual([1, 2]);
  });

  test.each([
    ['its engine crashed', { die_at: 2, how: 'exit' }, 'engine_failed', /exit code 9/],
    ['its engine said so', { die_at: 2, how: 'failed' }, 'diverged', /The loss is NaN/],
    ['its engine had no heap left', { die_at: 2, how: 'heap' }, 'out_of_memory', /memory/],
    ['its adapter is no number', { nan: true }, 'diverged', /lora_A/],
  ] as const)('%s', async (_, fake, code, message) => {
    const run = await makeRun();
    expect(await startWorker(run, { fake }).outcome).toBe('failed');
    expect(await lastIn(run)).toMatchObject({ error: { code, message: expect.stringMatching(message) } });
    expect(await run.storage.head(runKeys.manifest(run.prefix()))).toBeNull();
  });

  test('an engine that is not there', async () => {
    const run = await makeRun();
    expect(await startWorker(run, { engine: ['/nowhere/engine'] }).outcome).toBe('failed');
    expect(await lastIn(run)).toMatchObject({ type: 'failed' });
    expect(await logOf(run)).toContain('ENOENT');
  });

  test('a dataset that is another than the spec names', async () => {
    const run = await makeRun();
    await run.storage.write(keys.rows('ds_1'), Buffer.from('other'));
    expect(await startWorker(run).outcome).toBe('failed');
    expect(await lastIn(run)).toMatchObject({ error: { code: 'broken_file' } });
  });

  test('no row with anything to learn', async () => {
    const run = await makeRun({ rows: [row(1, 'what is '.repeat(40), 'two')] });
    expect(await startWorker(run).outcome).toBe('failed');
    expect(await lastIn(run)).toMatchObject({
      error: { code: 'invalid_training_file', hint: expect.stringContaining('max_length') },
    });
  });

  test('a full disk', async () => {
    const run = await makeRun();
    const storage = wrapStore(run.storage, (method, key) => {
      if (method === 'write' && key.endsWith('state.json'))
        throw new AppError('storage_failed', 'Cannot write', {
          cause: Object.assign(new Error('full'), { code: 'ENOSPC' }),
        });
    });
    const { outcome } = startWorker(
      { ...run, storage: { ...storage, root: run.storage.root } },
      { fake: { steps: 1_000, step_ms: 20 }, timing: { ...QUICK, patience: 300 } },
    );
    expect(await outcome).toBe('failed');
    expect(await lastIn(run)).toMatchObject({
      error: { code: 'storage_failed', message: expect.stringContaining('No space is left') },
    });
    expect(await logOf(run)).toContain('no space is left: free some');
  });
});
