import { expect, test } from 'vitest';
import { probeMemory } from '../../../gpu-worker/engines/memory.ts';
import { planSteps } from '../../../gpu-worker/train/steps.ts';

const steps = planSteps(
  [{ ids: new Int32Array(40).fill(1), weights: new Float32Array(40).fill(1, 1), line: 1 }],
  { batch_size: 1, n_epochs: 1, seed: 0, packing: false, tokens_per_pass: 64 },
);
const lessons = { at: (i: number) => Promise.resolve({ passes: steps.at(i), context: {} }) };
const failing = (message: string) => ({ learn: () => Promise.reject(new Error(message)) });

test('a pass for which the memory does not suffice fails with a reason and what to do', async () => {
  const message = 'Failed to allocate memory for requested buffer of size 1207959552';
  await expect(probeMemory(failing(message), lessons, steps)).rejects.toMatchObject({
    code: 'out_of_memory',
    message: expect.stringContaining('1 × 64 tokens') as string,
    details: { hint: expect.stringContaining('max_length') as string },
  });
});

test('any other failure of the first pass stays what it is', async () => {
  await expect(probeMemory(failing('no kernel'), lessons, steps)).rejects.toThrow(/^no kernel$/);
});

test('what is run is the longest pass, once', async () => {
  const seen: number[] = [];
  const learn = (passes: readonly { tokens: number }[]) => {
    seen.push(...passes.map(({ tokens }) => tokens));
    return Promise.resolve({ loss: 1, report: {} });
  };
  await probeMemory({ learn }, lessons, steps);
  expect(seen).toEqual([40]);
});
