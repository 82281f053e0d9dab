import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Keep } from '../../../gpu-worker/autodiff/partition.ts';
import { seamsOf } from '../../../gpu-worker/adapters/index.ts';
import { layRows } from '../../../gpu-worker/train/batch.ts';
import { flopsFor } from '../../../gpu-worker/train/flops.ts';
import { packageRoot } from '../../../shared/package-root.ts';
import { openTiny, rowsOf, type Tiny } from '../../helpers/invariance.ts';
import { methodOf } from '../../helpers/method.ts';

let tiny: Tiny;
beforeAll(async () => {
  tiny = await openTiny(FOLDER);
});
afterAll(() => tiny.sessions.release());

const FOLDER = 'methods/_base/llama';
type Sizes = { readonly num_attention_heads: number; readonly intermediate_size: number };
const readConfig = (): Sizes =>
  JSON.parse(
    readFileSync(join(packageRoot(), 'test/fixtures/reference', FOLDER, 'config.json'), 'utf8'),
  ) as Sizes;

const T = 40;
/** Products of a llama, written out: weights of the layers' linears and of the head, and scores and mixtures of a pass. */
const handCount = () => {
  const { hidden_size: c, num_hidden_layers: layers, head_dim: d, vocab_size: v } = tiny.model;
  const kv = tiny.model.num_key_value_heads;
  const { num_attention_heads: heads, intermediate_size: wide } = readConfig();
  const linears = layers * (2 * c * heads * d + 2 * c * kv * d + 3 * c * wide);
  const attention = layers * 2 * T * T * heads * d; // of one product, one block of queries
  return { linears, attention, head: c * v };
};

test('a pass without a gradient multiplies each weight once for each token', () => {
  const { linears, attention, head } = handCount();
  const batch = layRows([rowsOf([33])], T);
  const flops = flopsFor({ ...tiny, seams: {}, keep: () => 'scores' });
  // 30 targets are rounded up to 32
  expect(flops.forward(batch)).toBe(2 * T * linears + 2 * attention + 2 * 32 * head);
});

test('a step multiplies once more towards the input, and four more products are in attention', () => {
  const { linears, attention, head } = handCount();
  const batch = layRows([rowsOf([33])], T);
  const count = (keep: 'scores' | 'none') =>
    flopsFor({ ...tiny, seams: {}, keep: () => keep }).learn([batch]);
  expect(count('scores')).toBe(2 * 2 * T * linears + 6 * attention + 4 * 32 * head);
  expect(count('none')).toBeGreaterThan(count('scores') + 2 * T * linears * 0.5); // computed again
});

test('LoRA adds two thin products a linear forward, and four backward', () => {
  const r = 4;
  const batch = layRows([rowsOf([33])], T);
  const options = { ...tiny, keep: (): Keep => 'scores' };
  const seams = seamsOf(methodOf({ type: 'lora', r, lora_alpha: 8, target_modules: ['q_proj'] }), tiny.model);
  const { hidden_size: c, num_hidden_layers: layers } = tiny.model;
  const added =
    flopsFor({ ...options, seams }).learn([batch]) - flopsFor({ ...options, seams: {} }).learn([batch]);
  expect(added).toBe(layers * 6 * T * r * (c + c));
});
