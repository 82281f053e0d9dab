/** The base in 8 and 4 bits: what its gradients keep, what it weighs, and that it is the same base each time. */
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { seamsOf } from '../../../gpu-worker/adapters/index.ts';
import { modelFor } from '../../../gpu-worker/models/index.ts';
import { linearsOf } from '../../../gpu-worker/models/linears.ts';
import type { Bits, Form } from '../../../gpu-worker/nn/seams.ts';
import { initialise } from '../../../gpu-worker/runtime/initialise.ts';
import { layOut } from '../../../gpu-worker/runtime/parameters.ts';
import { openSessions } from '../../../gpu-worker/runtime/session.ts';
import { openWeights } from '../../../gpu-worker/runtime/weights.ts';
import { layOf, layRows, type Placed } from '../../../gpu-worker/train/batch.ts';
import { storeBase } from '../../../gpu-worker/train/calibrate.ts';
import { openTrainer } from '../../../gpu-worker/train/trainer.ts';
import { openBase } from '../../../gpu-worker/weights/base.ts';
import type { ResolvedMethod } from '../../../shared/contracts/method.ts';
import { uniformAt } from '../../../shared/random.ts';
import { methodOf } from '../../helpers/method.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures/reference');
const sessions = openSessions({ threads: 1 });
afterAll(() => sessions.release());

const rowsOf = (vocabulary: number): Placed[] =>
  [13, 24, 9].map((length, index) => {
    const at = uniformAt(index, 'rows');
    const ids = Int32Array.from({ length }, (_, i) => 3 + Math.floor(at(i) * (vocabulary - 3)));
    return { index, row: { ids, weights: new Float32Array(length).fill(1), line: index + 1 } };
  });

const LORA = methodOf({ type: 'lora', r: 4, lora_alpha: 8 });

const openStored = async (folder: string, bits: Bits, method: ResolvedMethod = LORA) => {
  const base = await openBase(join(FIXTURES, folder));
  const model = modelFor(base.config);
  const weights = openWeights(base);
  const seams = seamsOf(method, model);
  const rows = rowsOf(model.vocab_size);
  const batch = layRows([rows], 64, { lay: layOf(seams) });
  const parameters = layOut(model, seams);
  initialise(parameters, 3, weights);
  const open = { model, weights, sessions };
  const stored = await storeBase(open, { bits, seams, parameters, batch });
  return { ...stored, float: { model, weights }, seams, batch };
};

const ARCHITECTURES = ['gemma2', 'gpt2', 'phi3', 'qwen3', 'olmo2', 'granite'];
describe('the gradient on a base in bits points where the float32 one does', () => {
  for (const folder of ['stories260K', ...ARCHITECTURES.map((name) => `arch/${name}`)])
    test(folder, async () => {
      const [eight, four] = [await openStored(folder, 8), await openStored(folder, 4)];
      expect(eight.gradient_cosine).toBeGreaterThan(0.99);
      expect(eight.gradient_cosine).toBeLessThan(1);
      expect(four.gradient_cosine).toBeGreaterThan(0.8);
      expect(four.gradient_cosine).toBeLessThan(eight.gradient_cosine);
    });
});

/** Values in the linears of the layers. */
const valuesIn = (model: Parameters<typeof linearsOf>[0]): number =>
  linearsOf(model).reduce((sum, { in: width, out }) => sum + width * out, 0);

test('the linears take a byte for each direction, or half a byte, and their scales', async () => {
  const [eight, four] = [await openStored('stories260K', 8), await openStored('stories260K', 4)];
  const linears = linearsOf(eight.float.model);
  const scales = (of: (at: (typeof linears)[number]) => number) =>
    linears.reduce((n, at) => n + 4 * of(at), 0);
  const bytes = 2 * valuesIn(eight.float.model);
  // an output's scale, an input's scale and divisor at most; or one scale for 64 values of `down_proj`
  expect(eight.layer_bytes).toBeGreaterThan(bytes);
  expect(eight.layer_bytes).toBeLessThanOrEqual(
    bytes + scales((at) => at.out + 2 * at.in + (at.in * at.out) / 64),
  );
  const blocks = linears.reduce((n, at) => n + Math.ceil((at.in * at.out) / 64), 0);
  expect(four.layer_bytes).toBe(blocks * (32 + 4));
  const { vocab_size: v, hidden_size: c } = eight.model;
  expect(eight.weights.bytes() - eight.layer_bytes).toBe(v * c + 4 * v);
  expect(four.weights.bytes()).toBe(four.layer_bytes);
});

test('the same batch makes the same base, byte for byte', async () => {
  const both = [await openStored('arch/gpt2', 8), await openStored('arch/gpt2', 8)];
  const name = 'transformer.h.0.attn.c_attn.weight';
  const { hidden_size: width } = both[0]!.model;
  const form: Form = {
    part: 'forward',
    in: width,
    out: 3 * width,
    conv1d: true,
    group: [{ name, out: 3 * width }],
  };
  const [one, other] = both.map(({ weights }) => weights.tensor(name, [width, 3 * width], form).data);
  expect(one).toEqual(other);
  expect(new Set(one as Int8Array).size).toBeGreaterThan(50);
  expect(both[0]!.gradient_cosine).toBe(both[1]!.gradient_cosine);
  expect(() => both[0]!.float.weights.tensor(name, [width, 3 * width], form)).toThrow('float32');
  const unmade = { ...form, part: 'blocks8' } as const;
  expect(() => both[0]!.weights.tensor(name, [width, 3 * width], unmade)).toThrow('was not made');
});

/** Losses of some steps on one batch. */
const losses = async ({
  model,
  weights,
  seams,
  batch,
}: Awaited<ReturnType<typeof openStored>>): Promise<number[]> => {
  const trainer = openTrainer({ model, weights, sessions, seams });
  initialise(trainer.parameters, 3, weights);
  const found: number[] = [];
  for (let i = 0; i < 8; i++) {
    found.push((await trainer.learn([batch])).loss);
    trainer.update({ lr: 0.01, weight_decay: 0, clip: 1 });
  }
  return found;
};

describe('every method learns on a base in bits, about as on float32', () => {
  const methods = [
    LORA,
    methodOf({ type: 'lora', r: 4, lora_alpha: 8, use_dora: true }),
    methodOf({ type: 'lora', r: 4, lora_alpha: 8, modules_to_save: ['lm_head'], target_modules: ['q_proj'] }),
    methodOf({ type: 'oft', oft_block_size: 8 }),
    methodOf({ type: 'ia3' }),
    methodOf({ type: 'vera', r: 16 }),
    methodOf({ type: 'prefix', num_virtual_tokens: 4 }),
    methodOf({ type: 'prompt', num_virtual_tokens: 4 }),
    methodOf({ type: 'bottleneck', bottleneck_size: 8 }),
  ];
  for (const method of methods) {
    const name = 'use_dora' in method && method.use_dora ? 'dora' : method.type;
    for (const bits of [8, 4] as const)
      test(`${name}, ${bits} bits`, async () => {
        const stored = await openStored('stories260K', bits, method);
        const found = await losses(stored);
        const float = await losses({ ...stored, ...stored.float, weights: stored.weights });
        expect(found.at(-1)!).toBeLessThan(found[0]!);
        const [gain, floatGain] = [found[0]! - found.at(-1)!, float[0]! - float.at(-1)!];
        expect(gain / floatGain).toBeGreaterThan(bits === 8 ? 0.9 : 0.6);
        expect(gain / floatGain).toBeLessThan(bits === 8 ? 1.1 : 1.6);
        expect(Math.abs(found[0]! / float[0]! - 1)).toBeLessThan(bits === 8 ? 0.01 : 0.1);
        expect(found[0]).not.toBe(float[0]);
      });
  }
});
