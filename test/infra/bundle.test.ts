import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../shared/package-root.ts';
import { temporary } from '../helpers/database.ts';

const root = packageRoot();
const lean = temporary('bundles');
execFileSync(process.execPath, [join(root, 'infra/bundle.mjs'), '--out', lean, '--without-storage']);

const CASES = [
  ['aws', 'index.mjs', 1_700_000],
  ['aliyun', 'index.js', 1_700_000],
] as const;

describe.each(CASES)('the bundle for %s', (cloud, file, most) => {
  const text = readFileSync(join(root, 'dist', cloud, file), 'utf8');
  // not the text itself, of which a failure would tell a megabyte
  const has = (part: string): boolean => text.includes(part);

  test('is one file', () => {
    const others = readdirSync(join(root, 'dist', cloud)).filter((name) => name !== 'package.json');
    expect(others).toEqual([file]);
  });
  test('holds neither the embedded database nor anything native, and does hold what ships beside the code', () => {
    const parts = [
      'PGlite',
      'onnxruntime',
      '.node"',
      'drizzle.__drizzle_migrations',
      'CREATE TABLE',
      'usd_per_hour',
    ];
    expect(parts.map(has)).toEqual([false, false, false, true, true, true]);
  });
  test('is small: ours is below 1 MB', () => {
    expect(text.length).toBeLessThan(most);
    expect(readFileSync(join(lean, cloud, file)).length).toBeLessThan(1_000_000);
  });
});
