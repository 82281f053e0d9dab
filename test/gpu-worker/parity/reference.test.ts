/** The engine against PyTorch's stored numbers: `test/fixtures/reference`, the form of `npm run parity`. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runFolder } from '../../../gpu-worker/parity/run.ts';

const REFERENCE = join(import.meta.dirname, '../../fixtures/reference');

test.each([
  'arch/llama-tied',
  'arch/llama-untied',
  'arch/llama-rope-llama3',
  'methods/lora-llama',
  'objectives/sft',
  'objectives/sft-accumulation',
])(
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
