/** Every graph that the engine can build: each architecture with each method, in every use. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { seamsOf } from '../../gpu-worker/adapters/index.ts';
import {
  decodingLayer,
  forwardLayer,
  headLogits,
  headLoss,
  trainingLayer,
} from '../../gpu-worker/models/graphs.ts';
import { modelFor } from '../../gpu-worker/models/index.ts';
import type { Model } from '../../gpu-worker/models/model.ts';
import type { Seams } from '../../gpu-worker/nn/seams.ts';
import type { Part } from '../../gpu-worker/onnx/model.ts';
import type { ResolvedMethod } from '../../shared/contracts/method.ts';
import { packageRoot } from '../../shared/package-root.ts';
import { methodOf } from './method.ts';

const ARCH = join(packageRoot(), 'test/fixtures/reference/arch');

export const METHODS: Readonly<Record<string, ResolvedMethod>> = {
  lora: methodOf({ type: 'lora', r: 4, lora_alpha: 8, lora_bias: true, modules_to_save: ['lm_head'] }),
  dora: methodOf({ type: 'lora', r: 4, lora_alpha: 8, use_dora: true }),
  oft: methodOf({ type: 'oft', oft_block_size: 4 }),
  ia3: methodOf({ type: 'ia3' }),
  prefix: methodOf({ type: 'prefix', num_virtual_tokens: 4 }),
  prompt: methodOf({ type: 'prompt', num_virtual_tokens: 4 }),
  ...Object.fromEntries(
    (['relu', 'silu', 'gelu'] as const).map((activation) => [
      `bottleneck, ${activation}`,
      methodOf({ type: 'bottleneck', bottleneck_size: 6, activation, target_modules: ['self_attn', 'mlp'] }),
    ]),
  ),
  vera: methodOf({ type: 'vera', r: 8 }),
  full: methodOf({ type: 'full' }),
};

/** The fixtures' architectures, by folder. */
export const models = (): ReadonlyMap<string, Model> =>
  new Map(
    readdirSync(ARCH).map((folder) => {
      const config = JSON.parse(readFileSync(join(ARCH, folder, 'config.json'), 'utf8')) as object;
      return [folder, modelFor(config as Record<string, unknown>)];
    }),
  );

function* ofLayer(model: Model, i: number, seams: Seams): Generator<Part> {
  const plain = { b: 2, t: 8, packed: false };
  const packed = { b: 1, t: 192, packed: true }; // two blocks of queries
  for (const shape of [plain, packed]) {
    // what is kept decides where a node stands, not which nodes there are
    const { forward, backward } = trainingLayer(model, i, seams, shape, 'products');
    yield forward;
    yield backward;
  }
  yield forwardLayer(model, i, seams, plain, true).part;
  yield decodingLayer(model, i, seams, { b: 2, s: 8, places: 16 }).part;
}

export function* graphsOf(model: Model, method: ResolvedMethod | null): Generator<Part> {
  const seams = method ? seamsOf(method, model) : {};
  for (let i = 0; i < model.num_hidden_layers; i++) yield* ofLayer(model, i, seams);
  const { forward, loss } = headLoss(model, 4, seams);
  yield forward;
  yield loss;
  yield headLogits(model, 4, seams).part;
}
