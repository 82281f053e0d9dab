/** The engine against PyTorch's stored numbers: `test/fixtures/reference`, the form of `npm run parity`. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runFolder } from '../../../gpu-worker/parity/run.ts';

const REFERENCE = join(import.meta.dirname, '../../fixtures/reference');

const folders = ['arch', 'methods', 'objectives'].flatMap((kind) =>
  readdirSync(join(REFERENCE, kind))
    .filter((name) => !name.startsWith('_'))
    .map((name) => `${kind}/${name}`),
);

test('every architecture, method and objective has a reference', () => {
  expect(folders.length).toBeGreaterThanOrEqual(34);
});

test.each(folders)(
  '%s: logits, loss, gradients, greedy tokens and curves are within the tolerance written beside them',
  async (folder) => {
    let checked = 0;
    for await (const { name, checks } of runFolder(join(REFERENCE, folder), 1))
      for (const { what, share } of checks) {
        checked++;
        expect(share, `${name}: ${what}`).toBeLessThanOrEqual(1);
      }
    expect(checked).toBeGreaterThan(2);
  },
);
