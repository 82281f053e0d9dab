import { expect, test } from 'vitest';
import { clipBy, norm, openAdamW, update } from '../../../gpu-worker/train/optimizer.ts';
import { rateAt } from '../../../gpu-worker/train/schedule.ts';

// torch 2.13: AdamW([0.5, -1.0], lr=0.1, weight_decay=0.01), gradients [0.2, -0.3] then [0.1, 0.4] (float64, printed)
test('two AdamW steps are those of torch.optim.AdamW', () => {
  const values = Float32Array.of(0.5, -1);
  const state = openAdamW(2);
  update(state, GROUPS, values, Float32Array.of(0.2, -0.3), 1, { lr: 0.1, weight_decay: 0.01 });
  expect([...values].map((x) => x.toFixed(5))).toEqual(['0.39950', '-0.89900']);
  update(state, GROUPS, values, Float32Array.of(0.1, 0.4), 1, { lr: 0.1, weight_decay: 0.01 });
  expect([...values].map((x) => x.toFixed(5))).toEqual(TORCH_SECOND);
  expect(state.steps).toBe(2);
});
const GROUPS = [{ offset: 0, shape: [2], rate: 1, decay: true }];
const TORCH_SECOND = ['0.30588', '-0.91745'];

test('clipping scales by most / norm, and never up', () => {
  expect(norm(Float32Array.of(3, 4))).toBe(5);
  expect(clipBy(5, 1)).toBeCloseTo(0.2, 6);
  expect(clipBy(0.5, 1)).toBe(1);
  expect(clipBy(5, null)).toBe(1);
});

test('rates warm up from zero and end at zero, as transformers schedules them', () => {
  const cosine = { type: 'cosine', lr: 1e-3, warmup_steps: 2, total_steps: 10 } as const;
  expect(rateAt(cosine, 0)).toBe(0);
  expect(rateAt(cosine, 1)).toBe(5e-4);
  expect(rateAt(cosine, 2)).toBe(1e-3);
  expect(rateAt(cosine, 3)).toBeCloseTo(9.619397662556434e-4, 12);
  expect(rateAt(cosine, 10)).toBeCloseTo(0, 12);
  expect(rateAt({ ...cosine, type: 'linear' }, 6)).toBeCloseTo(5e-4, 12);
  expect(rateAt({ ...cosine, type: 'constant' }, 9)).toBe(1e-3);
});
