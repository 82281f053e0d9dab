import { expect, test } from 'vitest';
import { linesUpTo, metricsOf } from '../../../gpu-worker/supervisor/metrics.ts';
import type { MetricsLine } from '../../../shared/contracts/spec.ts';

const line = (step: number, loss = 1): MetricsLine => ({
  step,
  epoch: 0,
  loss,
  grad_norm: 1,
  learning_rate: 1,
  tokens: 1,
  tokens_per_second: 1,
  rss_mb: 1,
});
const textOf = (m: { bytes(): Uint8Array }) => Buffer.from(m.bytes()).toString();

test('the curve of a resumed attempt is whole and has every step once', () => {
  const first = metricsOf([]);
  for (const step of [1, 2, 3, 4, 5]) first.add(line(step));
  const second = metricsOf(linesUpTo(textOf(first), 3));
  for (const step of [4, 5, 6]) second.add(line(step, 2));
  const lines = linesUpTo(textOf(second), 99);
  expect(lines.map(({ step, loss }) => [step, loss])).toEqual([
    [1, 1],
    [2, 1],
    [3, 1],
    [4, 2],
    [5, 2],
    [6, 2],
  ]);
});

test('an evaluation that follows its step joins the line', () => {
  const metrics = metricsOf([]);
  metrics.add(line(1));
  metrics.add({ ...line(1), eval_loss: 3 });
  metrics.add(line(1));
  expect(linesUpTo(textOf(metrics), 1)).toEqual([{ ...line(1), eval_loss: 3 }]);
});

test('of training that went back, and ended sooner then, no line of the first time is left', () => {
  const metrics = metricsOf([]);
  for (const step of [1, 2, 3, 4, 5]) metrics.add(line(step, 9));
  for (const step of [3, 4]) metrics.add(line(step, 2));
  expect(linesUpTo(textOf(metrics), 99).map(({ step, loss }) => [step, loss])).toEqual([
    [1, 9],
    [2, 9],
    [3, 2],
    [4, 2],
  ]);
});
