/** The engine against reference folders that PyTorch, transformers and PEFT make now, of a seed that nobody chose. Opt-in:
 *  `npm run test:reference`. REFERENCE_SEED repeats a run, REFERENCE_ONLY (parts of names, by spaces) makes it short. */
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runFolder } from '../../gpu-worker/parity/run.ts';

const PYTHON = process.env['DROPTUNE_TEST_PYTHON'];
const SEED = process.env['REFERENCE_SEED'] ?? String(randomInt(1_000_000));
const ONLY = process.env['REFERENCE_ONLY']?.split(' ') ?? [];
const MAKE = join(import.meta.dirname, '../python/make_reference.py');

const python = (...args: string[]): string =>
  spawnSync(PYTHON!, [MAKE, ...args, ...(ONLY.length > 0 ? ['--only', ...ONLY] : [])], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1e8,
  }).stdout;

const names = PYTHON ? python('--list').trim().split('\n') : ['every folder'];

describe.skipIf(!PYTHON)(`reference folders of seed ${SEED} (skipped without DROPTUNE_TEST_PYTHON)`, () => {
  const out = mkdtempSync(join(tmpdir(), 'reference-'));

  beforeAll(() => {
    process.stderr.write(`REFERENCE_SEED=${SEED}: making ${names.length} folders, some minutes\n`);
    process.stderr.write(python(out, '--seed', SEED).replaceAll(/^made .*\n/gm, ''));
  }, 3_600_000);
  afterAll(() => rmSync(out, { recursive: true, force: true }));

  test.each(names)('%s: every case is within its tolerance', async (name) => {
    expect(existsSync(join(out, name, 'cases.json')), 'PyTorch could not make it: see above').toBe(true);
    const wrong: string[] = [];
    let checked = 0;
    for await (const { name: at, checks } of runFolder(join(out, name), 2))
      for (const { what, error, share } of checks) {
        checked++;
        if (!(share <= 1))
          wrong.push(`${at}: ${what} is off by ${error}, ${share.toFixed(1)} × the tolerance`);
      }
    expect(wrong).toEqual([]);
    expect(checked).toBeGreaterThan(2);
  });
});
