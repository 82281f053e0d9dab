/** Decoding with a cache against recomputing everything, on a real pretrained model. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { modelFor } from '../../../gpu-worker/models/index.ts';
import { layOut } from '../../../gpu-worker/runtime/parameters.ts';
import { openSessions } from '../../../gpu-worker/runtime/session.ts';
import { openWeights } from '../../../gpu-worker/runtime/weights.ts';
import { type Generator, greedy, openGenerator } from '../../../gpu-worker/serve/generator.ts';
import { openLogits } from '../../../gpu-worker/serve/logits.ts';
import { sampler } from '../../../gpu-worker/serve/sampler.ts';
import { layRows } from '../../../gpu-worker/train/batch.ts';
import { openStack } from '../../../gpu-worker/train/stack.ts';
import { openBase } from '../../../gpu-worker/weights/base.ts';

const sessions = openSessions({ threads: 1 });
let generator: Generator;
let recompute: (prompt: readonly number[], n: number) => Promise<number[]>;

beforeAll(async () => {
  const base = await openBase(join(import.meta.dirname, '../../fixtures/reference/stories260K'));
  const model = modelFor(base.config);
  const open = { model, weights: openWeights(base), sessions, seams: {}, parameters: layOut(model, {}) };
  generator = openGenerator(open);
  recompute = async (prompt, n) => {
    const ids = [...prompt];
    for (let i = 0; i < n; i++) {
      const row = { ids: Int32Array.from(ids), weights: new Float32Array(ids.length), line: 1 };
      const t = Math.ceil(ids.length / 16) * 16;
      const stack = openStack({ ...open, keep: () => 'none' });
      const hidden = await stack.forward(layRows([[{ row, index: 0 }]], t), false);
      ids.push(greedy((await openLogits(open)(hidden, [ids.length - 1]))(0)));
    }
    return ids.slice(prompt.length);
  };
});
afterAll(() => sessions.release());

const prompts = [
  [1, 403, 407, 261, 378],
  [1, 260, 410],
  [1, 403, 407, 261, 378, 432, 410, 300, 265, 430, 305],
];

test('greedy answers of several prompts at once equal those of each alone without a cache', async () => {
  const answers = await generator.generate(
    prompts.map((p) => Int32Array.from(p)),
    { max_new_tokens: 12, stop: [] },
  );
  for (const [i, { tokens, stopped }] of answers.entries()) {
    expect(tokens).toEqual(await recompute(prompts[i]!, 12));
    expect(stopped).toBe(false);
  }
});

test('an answer goes on past the steps by which the cache grows', async () => {
  const [long] = await generator.generate([Int32Array.from(prompts[0]!)], { max_new_tokens: 150, stop: [] });
  const [twice] = await generator.generate(
    [prompts[0]!, prompts[1]!].map((p) => Int32Array.from(p)),
    {
      max_new_tokens: 150,
      stop: [],
    },
  );
  expect(long!.tokens).toHaveLength(150);
  expect(twice!.tokens).toEqual(long!.tokens);
});

test('a row that stops leaves the others as they were', async () => {
  const all = prompts.map((p) => Int32Array.from(p));
  const free = await generator.generate(all, { max_new_tokens: 30, stop: [] });
  const stop = free[1]!.tokens[2]!;
  const cut = await generator.generate(all, { max_new_tokens: 30, stop: [stop] });
  for (const [i, { tokens, stopped }] of cut.entries()) {
    const at = free[i]!.tokens.indexOf(stop);
    expect(tokens).toEqual(at < 0 ? free[i]!.tokens : free[i]!.tokens.slice(0, at));
    expect(stopped).toBe(at >= 0);
  }
});

test('sampling follows its seed, and temperature 0 is greedy', () => {
  const logits = Float32Array.from([0, 1, 2, 3]);
  const draw = (seed: number) => {
    const pick = sampler(1, seed);
    return Array.from({ length: 2000 }, () => pick(logits));
  };
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)).not.toEqual(draw(2));
  const share = draw(1).filter((id) => id === 3).length / 2000;
  expect(share).toBeGreaterThan(0.6); // softmax gives 0.644
  expect(share).toBeLessThan(0.69);
  expect(sampler(0, 1)(logits)).toBe(3);
});
