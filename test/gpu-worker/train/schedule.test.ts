import { expect, test } from 'vitest';
import { rateAt } from '../../../gpu-worker/train/schedule.ts';

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
