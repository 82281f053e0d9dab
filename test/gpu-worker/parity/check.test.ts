import { expect, test } from 'vitest';
import { check } from '../../../gpu-worker/parity/check.ts';

test('of a tolerance relative to nothing, nothing is within and anything else beyond', () => {
  const relative = { abs: 0, rel: 2e-5 };
  expect(check('grad_norm', [0], [0], relative).share).toBe(0);
  expect(check('grad_norm', [1e-9], [0], relative).share).toBe(Infinity);
  expect(check('grad_norm', [Number.NaN], [0], relative).share).toBe(Infinity);
  expect(check('loss', [2.5], [2], { abs: 0, rel: 0.5 }).share).toBe(0.5);
});
