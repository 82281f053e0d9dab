import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { clearRun, hasCheckpoint, inspectOut, putAside } from '../../../functions/entries/cli/out-folder.ts';
import { Recipe } from '../../../shared/contracts/recipe.ts';
import type { Spec } from '../../../shared/contracts/spec.ts';
import { newId } from '../../../shared/ids.ts';
import { resolveRecipe } from '../../../shared/plan/recipe.ts';
import { temporary } from '../../helpers/database.ts';

const rows = { in: 60, train: 40, held_out: 20, dropped: 0, duplicate: 0, quarantined: 0, truncated: 0 };
const spec: Spec = {
  version: 1,
  job: newId('ftjob-'),
  attempt: 1,
  seed: 1,
  recipe: resolveRecipe(Recipe.parse({}), { rows, shape: 'chat' }).resolved,
  base: { id: 'b', revision: null, sha256: null },
  dataset: { uri: 'file:/x/dataset/rows.jsonl.gz', sha256: 'abc' },
  resume_from: null,
  prefix: '',
  limits: { max_minutes: null },
  trace: 't',
};
const folderWith = (files: Record<string, unknown>): string => {
  const folder = temporary('out');
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), JSON.stringify(content));
  }
  return folder;
};
const interrupted = (more: Record<string, unknown> = {}) =>
  folderWith({
    'spec.json': spec,
    'dataset/rows.jsonl.gz': 0,
    'log.txt': 0,
    'events/000001.event.json': 0,
    ...more,
  });

describe('the folder of train --out', () => {
  test('may be absent, empty, or hold a dataset that was refused', async () => {
    expect(await inspectOut(join(temporary('out'), 'none'))).toEqual({ kind: 'fresh' });
    expect(await inspectOut(temporary('out'))).toEqual({ kind: 'fresh' });
    expect(await inspectOut(folderWith({ 'dataset/report.json': 0 }))).toEqual({ kind: 'fresh' });
  });

  test.each([
    ['other files', () => folderWith({ 'thesis.tex': 0 }), 'holds other files'],
    ['a finished run', () => interrupted({ 'manifest.json': 0 }), 'holds a finished run'],
    ['a strange spec', () => folderWith({ 'spec.json': { version: 9 } }), 'is not a spec'],
    [
      'a worker that lives',
      () => interrupted({ claim: { token: 't', machine: `${hostname()}:${process.pid}`, at_ms: 1 } }),
      `Process ${process.pid} is still at work`,
    ],
  ])('is refused with %s', async (_, make, message) => {
    await expect(inspectOut(make())).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining(message),
    });
  });

  test('holds an interrupted run, whose next attempt begins at the newest whole checkpoint', async () => {
    const folder = interrupted({
      'checkpoint/9/complete.json': 0,
      'checkpoint/10/complete.json': 0,
      'checkpoint/11/arrays': 0,
      claim: { token: 't', machine: `${hostname()}:999999999`, at_ms: 1 },
    });
    expect(await inspectOut(folder)).toEqual({ kind: 'interrupted', spec });
    expect(await hasCheckpoint(folder, spec)).toBe(true);
    expect(await putAside(folder, spec)).toBe('attempts/1/checkpoint/10/');
    expect(['claim', 'events', 'checkpoint'].map((name) => existsSync(join(folder, name)))).toEqual([
      false,
      false,
      false,
    ]);
    expect(JSON.parse(readFileSync(join(folder, 'spec.json'), 'utf8'))).toEqual(spec);
    expect(existsSync(join(folder, 'dataset/rows.jsonl.gz'))).toBe(true);
    // an attempt that dies before its own first checkpoint falls back on the one before
    expect(await putAside(folder, { ...spec, attempt: 2 })).toBe('attempts/1/checkpoint/10/');
    expect(await hasCheckpoint(folder, { ...spec, attempt: 2 })).toBe(true);
  });

  test('is free again after a run that came to no checkpoint', async () => {
    const folder = interrupted({ 'checkpoint/3/arrays': 0 });
    expect(await hasCheckpoint(folder, spec)).toBe(false);
    await clearRun(folder, spec);
    expect(await inspectOut(folder)).toEqual({ kind: 'fresh' });
  });
});
