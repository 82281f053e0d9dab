import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { seamsOf } from '../../../../gpu-worker/adapters/index.ts';
import { modelFor } from '../../../../gpu-worker/models/index.ts';
import { layOut } from '../../../../gpu-worker/runtime/parameters.ts';
import { memoryFacts } from '../../../../gpu-worker/train/memory/facts.ts';
import { OPTIMIZERS, type OptimizerKind } from '../../../../gpu-worker/train/optimizer/index.ts';
import { openBase } from '../../../../gpu-worker/weights/base.ts';
import { size } from '../../../../gpu-worker/onnx/shape.ts';
import type { ResolvedMethod } from '../../../../shared/contracts/method.ts';
import { methodOf } from '../../../helpers/method.ts';

const base = await openBase(join(import.meta.dirname, '../../../fixtures/reference/stories260K'));
afterAll(() => base.close());
const model = modelFor(base.config);
const stored = 4 * base.names().reduce((sum, name) => sum + size(base.shape(name)), 0);

const facts = (method: ResolvedMethod, optim: OptimizerKind = 'adamw_torch') => {
  const seams = seamsOf(method, model);
  const parameters = layOut(model, seams);
  const optimizer = OPTIMIZERS[optim](parameters.entries.map((e) => ({ ...e, rate: 1, decay: true })));
  const asked = { model, seams, parameters, optimizer, machine: 1e9, shapes: () => [], remedies: [] };
  return { ...memoryFacts(asked), n: parameters.values.length };
};
const lora = methodOf({ type: 'lora', r: 4, lora_alpha: 8 });
const full = methodOf({ type: 'full' });
const trained = (optim: OptimizerKind) => facts(full, optim).fixed.trained / stored;
const shape = (t: number, b = 1) => ({ b, t, packed: true });

test('frozen weights are those of the checkpoint, each once; trained ones count as trained', () => {
  expect(facts(lora).fixed.weights).toBe(stored);
  const whole = facts(full);
  expect(whole.fixed.weights).toBe(0);
  expect(whole.fixed.trained).toBe(4 * stored); // values, gradients, two moments
  expect(facts(lora).fixed.trained).toBe(16 * facts(lora).n);
});

test('an optimizer counts with what it keeps', () => {
  expect(trained('adamw_8bit')).toBeGreaterThan(2.5);
  expect(trained('adamw_8bit')).toBeLessThan(2.7); // norms and small tensors stay in float32
  expect(trained('adafactor')).toBeLessThan(2.06);
});

test('what a layer keeps goes with its tokens, and with what is asked to be kept', () => {
  const { layer, bound } = facts(lora);
  const kept = (keep: 'none' | 'products' | 'scores', t = 64) => layer(shape(t), keep).kept;
  expect(kept('none')).toBe(0);
  expect(kept('products', 128)).toBe(2 * kept('products'));
  expect(kept('scores')).toBeGreaterThan(kept('products'));
  expect(layer(shape(64, 2), 'products').kept).toBe(kept('products', 128));
  expect(bound(shape(128))).toBe(2 * bound(shape(64)));
  // q, k, v, what attention gives, o, gate, up, down: each [64, out] at least once
  const { hidden_size: c, num_attention_heads: h, num_key_value_heads: kv, head_dim: d } = model;
  expect(kept('products')).toBeGreaterThan(4 * 64 * (h * d + 2 * kv * d + 2 * c));
});

test('a session needs more room for more tokens, and for what it computes again', () => {
  const { layer } = facts(lora);
  const scratch = (t: number, keep: 'none' | 'products') => layer(shape(t), keep).scratch;
  expect(scratch(64, 'products')).toBeGreaterThan(64 * 4 * model.hidden_size);
  expect(scratch(128, 'products') / scratch(64, 'products')).toBeGreaterThan(1.8);
  expect(scratch(64, 'none')).toBeGreaterThan(scratch(64, 'products'));
});
