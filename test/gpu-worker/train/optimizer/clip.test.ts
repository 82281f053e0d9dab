import { expect, test } from 'vitest';
import { clipBy, norm } from '../../../../gpu-worker/train/optimizer/clip.ts';

test('clipping scales by most / norm, and never up', () => {
  expect(norm(Float32Array.of(3, 4))).toBe(5);
  expect(clipBy(5, 1)).toBeCloseTo(0.2, 6);
  expect(clipBy(0.5, 1)).toBe(1);
  expect(clipBy(5, null)).toBe(1);
});
