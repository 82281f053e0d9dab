/** How rows are laid into batches, and what is kept for the backward pass, must not change what is learned. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import type { Keep } from '../../../gpu-worker/autodiff/partition.ts';
import { type LayOptions, layRows, type Placed } from '../../../gpu-worker/train/batch.ts';
import type { ResolvedMethod } from '../../../shared/contracts/method.ts';
import {
  alike,
  alone,
  apart,
  learn,
  openShaken,
  openTiny,
  rowsOf,
  type Tiny,
} from '../../helpers/invariance.ts';
import { methodOf } from '../../helpers/method.ts';

const METHODS = {
  lora: { type: 'lora', r: 4, lora_alpha: 8 },
  'lora and a head of its own': { type: 'lora', r: 4, lora_alpha: 8, modules_to_save: ['lm_head'] },
  dora: { type: 'lora', r: 4, lora_alpha: 8, use_dora: true },
  oft: { type: 'oft', oft_block_size: 4 },
  ia3: { type: 'ia3' },
  prefix: { type: 'prefix', num_virtual_tokens: 4 },
  prompt: { type: 'prompt', num_virtual_tokens: 4 },
  bottleneck: { type: 'bottleneck', bottleneck_size: 6, target_modules: ['self_attn', 'mlp'] },
  vera: { type: 'vera', r: 8 },
  full: { type: 'full' },
} as const satisfies Record<string, z.input<typeof ResolvedMethod>>;

/** mistral and gemma2 look back six places, the latter in every second layer; gpt2 learns its places. */
const BASES: Readonly<Record<string, readonly (keyof typeof METHODS)[]>> = {
  'methods/_base/llama': Object.keys(METHODS) as (keyof typeof METHODS)[],
  'arch/mistral': ['lora', 'prefix', 'prompt', 'full'],
  'arch/gemma2': ['lora', 'prefix'],
  'arch/gpt2': ['lora', 'prompt', 'full'],
};

const TOLERANCE = 5e-6;
/** The second begins as the first does for six tokens, the sixth as the fourth for twelve, the seventh is the third again. */
const rows = alike(
  rowsOf([9, 17, 5, 30, 12, 21, 5, 14], (i) => (i % 4 === 0 ? 0.5 : 1)),
  [
    [1, 0, 6],
    [5, 3, 12],
    [6, 2, 5],
  ],
);
const [WIDE, WIDER] = [40, 56]; // the longest row and four learned tokens, and more

const some = (...indices: number[]): Placed[] => indices.map((i) => rows[i]!);
/** Other ways to lay the same rows. */
const LAYOUTS: Readonly<Record<string, (options: LayOptions) => ReturnType<typeof alone>>> = {
  'in passes of four': (options) => alone(rows, WIDE, 4, options),
  'in passes of two': (options) => alone(rows, WIDE, 2, options),
  'each in a pass of its own': (options) => alone(rows, WIDE, 1, options),
  'with more padding': (options) => alone(rows, WIDER, 8, options),
  'packed into three rows': (options) => [layRows([some(3, 1), some(5, 7, 4), some(0, 2, 6)], 64, options)],
  'packed, what is alike laid once': (options) => [
    layRows([some(3, 1, 0, 5), some(7, 4, 2, 6)], 72, { ...options, share: true }),
  ],
  'all in one row of two blocks, what is alike laid once': (options) => [
    layRows([rows], 136, { ...options, share: true }),
  ],
  'packed into one row of two blocks': (options) => [layRows([rows], 192, options)],
};

describe.each(Object.entries(BASES))('on %s', (folder, methods) => {
  let tiny: Tiny;
  beforeAll(async () => {
    tiny = await openTiny(folder);
  });
  afterAll(() => tiny.sessions.release());

  test.each(methods)('%s learns the same from any layout', async (name) => {
    const pupil = openShaken(tiny, methodOf(METHODS[name]));
    const { lay } = pupil;
    const whole = await learn(pupil, alone(rows, WIDE, 8, { lay }));
    for (const [how, layout] of Object.entries(LAYOUTS))
      expect(apart(whole, await learn(pupil, layout({ lay }))), how).toBeLessThan(TOLERANCE);
  });

  test.each(methods)('%s learns the same whatever is kept for the backward pass', async (name) => {
    const keeping = (keep: (layer: number) => Keep) => {
      const pupil = openShaken(tiny, methodOf(METHODS[name]), { keep });
      return learn(pupil, [layRows([some(3, 1), some(5, 7, 4)], 64, pupil)]);
    };
    const scores = await keeping(() => 'scores');
    for (const keep of ['products', 'none'] as const)
      expect(apart(scores, await keeping(() => keep)), keep).toBeLessThan(TOLERANCE);
    const mixed = await keeping((layer) => (layer === 0 ? 'none' : 'scores'));
    expect(apart(scores, mixed), 'a different amount by layer').toBeLessThan(TOLERANCE);
  });
});

test('the same step twice is the same to the bit', async () => {
  const tiny = await openTiny('methods/_base/llama');
  const run = () => {
    const pupil = openShaken(tiny, methodOf(METHODS.lora));
    return learn(pupil, alone(rows, WIDE, 8, pupil));
  };
  const first = await run();
  expect(await run()).toEqual(first);
  await tiny.sessions.release();
});
