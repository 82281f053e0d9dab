import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  explainMemory,
  keepOf,
  type MemoryFacts,
  planMemory,
} from '../../../../gpu-worker/train/memory/plan.ts';

/** A model of 30 layers: 20 kB a token and layer kept, rows of up to `longest` tokens. */
const facts = (machine: number, longest = 300, over: Partial<MemoryFacts> = {}): MemoryFacts => ({
  machine,
  layers: 30,
  fixed: { weights: 540e6, trained: 80e6, head: 75e6 },
  layer: ({ b, t }, keep) => ({ kept: keep === 'none' ? 0 : 20e3 * b * t, scratch: 60e3 * b * t }),
  bound: ({ b, t }) => 70e3 * b * t,
  shapes: (tokens) => [{ b: 1, t: Math.max(tokens, longest), packed: true }],
  remedies: [],
  ...over,
});
const refusal = (given: MemoryFacts): { message: string; hint: string } => {
  try {
    planMemory(given);
  } catch (error) {
    const { message, details, code } = error as { message: string; details: { hint: string }; code: string };
    expect(code).toBe('out_of_memory');
    return { message, hint: details.hint };
  }
  throw new Error('it fits');
};

test('where memory is plenty, nothing is computed again and passes are as large as they may be', () => {
  const plan = planMemory(facts(24e9));
  expect([plan.tokens_per_pass, plan.recomputed, plan.ample]).toEqual([1024, 0, true]);
  expect(planMemory(facts(2.5e9)).tokens_per_pass).toBe(512);
  expect(planMemory(facts(2.5e9)).ample).toBe(false);
  expect(explainMemory(plan, facts(24e9))).toEqual([
    expect.stringMatching(/about 1\.73 GB of 24\.0 GB: weights 0\.54 GB.*backward 0\.69 GB/),
    expect.stringMatching(/up to 1024 tokens; every layer keeps/),
  ]);
});

test('where it is short, passes become smaller before layers are computed again', () => {
  expect(planMemory(facts(1.5e9))).toMatchObject({ tokens_per_pass: 256, recomputed: 0 });
  const plan = planMemory(facts(1.28e9));
  expect(plan.recomputed).toBeGreaterThan(0);
  expect(plan.recomputed).toBeLessThan(30);
  const keep = keepOf(plan);
  expect([keep(0), keep(plan.recomputed - 1), keep(plan.recomputed), keep(29)]).toEqual([
    'none',
    'none',
    'products',
    'products',
  ]);
  expect(explainMemory(plan, facts(1.28e9)).join()).toMatch(/layers are computed again/);
});

test('no plan takes more than the machine can give, and a larger machine never computes more again', () =>
  fc.assert(
    fc.property(fc.integer({ min: 900, max: 4000 }), fc.integer({ min: 32, max: 2048 }), (mb, longest) => {
      const planned = (machine: number) => {
        try {
          return planMemory(facts(machine, longest));
        } catch {
          return null;
        }
      };
      const [plan, more] = [planned(mb * 1e6), planned(mb * 1.2e6)];
      if (!plan) return;
      expect(plan.total).toBeLessThanOrEqual(mb * 1e6 * 0.85);
      expect(more!.recomputed).toBeLessThanOrEqual(plan.recomputed);
      expect(Object.values(plan.bytes).reduce((a, b) => a + b)).toBeCloseTo(plan.total, 0);
    }),
  ));

test('every shape has its sessions, but only the largest is alive', () => {
  const large = { b: 1, t: 512, packed: true };
  const small = { b: 1, t: 256, packed: true };
  const bytesOf = (...shapes: (typeof large)[]) => planMemory(facts(24e9, 0, { shapes: () => shapes })).bytes;
  const [one, two, three] = [bytesOf(large), bytesOf(large, small), bytesOf(small, large, small)];
  expect([two.kept, three.kept]).toEqual([one.kept, one.kept]);
  expect(two.sessions).toBeGreaterThan(one.sessions);
  expect(three.sessions - two.sessions).toBe(two.sessions - one.sessions);
});

test('what does not fit at all is refused before it begins, with what would fit', () => {
  const { message, hint } = refusal(facts(1.5e9, 8192));
  expect(message).toMatch(/about 2\.\d\d GB, of 1\.50 GB.*backward 0\.57 GB/);
  expect(hint).toContain('training.max_length=1024');

  const small = facts(1e9, 64, {
    remedies: [
      { set: 'method.bits=8', saves: 400e6 },
      { set: 'training.optim=adafactor', saves: 1e6 },
    ],
  });
  expect(refusal(small).hint).toMatch(/with method\.bits=8; or take a smaller base/);
  expect(refusal(facts(0.5e9, 64)).hint).toBe('Take a smaller base, or a machine with more memory');
});
