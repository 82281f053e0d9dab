/** A real pretrained model (stories260K) and a PyTorch LoRA run on it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seamsOf } from '../../../gpu-worker/adapters/index.ts';
import { modelFor } from '../../../gpu-worker/models/index.ts';
import { take } from '../../../gpu-worker/runtime/tensors.ts';
import { openSessions } from '../../../gpu-worker/runtime/session.ts';
import { openWeights } from '../../../gpu-worker/runtime/weights.ts';
import { type Batch, layRows } from '../../../gpu-worker/train/batch.ts';
import { openTrainer, type Trainer } from '../../../gpu-worker/train/trainer.ts';
import { openBase } from '../../../gpu-worker/weights/base.ts';
import { openSafetensors } from '../../../gpu-worker/weights/safetensors.ts';
import { methodOf } from '../../helpers/method.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures/reference');
const oracle = (name: string) => JSON.parse(readFileSync(join(FIXTURES, 'oracle', name), 'utf8')) as unknown;
const run = oracle('qv_r8_adamw.json') as {
  lr: number;
  weight_decay: number;
  batch_size: number;
  max_len: number;
  steps: { step: number; loss: number; grad_norm: number }[];
};
const { train: rows } = oracle('wikisql_ids.json') as { train: number[][] };

const sessions = openSessions({ threads: 1 });
let trainer: Trainer;

/** Tensors of a file of the oracle under the names that this engine trains. */
const tensors = (file: string) => {
  const opened = openSafetensors(join(FIXTURES, 'oracle', file));
  const named = new Map(
    opened.names().map((name) => {
      const wanted = trainer.parameters.entries.find(({ name: own }) => sameTensor(own, name));
      return [wanted!.name, { shape: opened.info(name).shape, data: opened.readFloat32(name) }] as const;
    }),
  );
  opened.close();
  return named;
};
const sameTensor = (own: string, other: string): boolean =>
  own.endsWith(other.replace(/^base_model\.model\./, ''));

const batchOf = (step: number): Batch => {
  const ids = Array.from({ length: run.batch_size }, (_, j) =>
    rows[(step * run.batch_size + j) % rows.length]!.slice(0, run.max_len),
  );
  const bins = ids.map((row, index) => [
    {
      row: { ids: Int32Array.from(row), weights: Float32Array.from(row, (_, i) => (i > 0 ? 1 : 0)), line: 1 },
      index,
    },
  ]);
  return layRows(bins, Math.max(...ids.map((r) => r.length)));
};

beforeAll(async () => {
  const base = await openBase(join(FIXTURES, 'stories260K'));
  const method = methodOf({ type: 'lora', r: 8, lora_alpha: 16, target_modules: ['q_proj', 'v_proj'] });
  const model = modelFor(base.config);
  trainer = openTrainer({
    model,
    weights: openWeights(base),
    sessions,
    seams: seamsOf(method, model),
  });
  take(trainer.parameters, tensors('qv_r8_adamw.init.safetensors'));
});
afterAll(() => sessions.release());

test('the gradients of the first step agree with PyTorch within 1e-5', async () => {
  await trainer.learn([batchOf(0)]);
  for (const [name, { data }] of tensors('qv_r8_adamw.grad_step1.safetensors')) {
    const got = trainer.parameters.view(trainer.gradients, name);
    for (let i = 0; i < data.length; i++) expect(Math.abs(got[i]! - data[i]!), name).toBeLessThan(1e-5);
  }
});

test('the loss of each of 48 steps agrees with PyTorch within 1e-4', async () => {
  for (const [i, { loss, grad_norm }] of run.steps.entries()) {
    const { loss: got } = await trainer.learn([batchOf(i)]);
    const norm = trainer.update({ lr: run.lr, weight_decay: run.weight_decay, clip: null });
    expect(Math.abs(got - loss), `step ${i + 1}`).toBeLessThan(1e-4);
    expect(Math.abs(norm - grad_norm), `norm of step ${i + 1}`).toBeLessThan(1e-3);
  }
});
