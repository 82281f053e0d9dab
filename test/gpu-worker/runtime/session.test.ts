import { expect, it } from 'vitest';
import { Graph } from '../../../gpu-worker/onnx/graph.ts';
import { part } from '../../../gpu-worker/onnx/model.ts';
import { mul, neg } from '../../../gpu-worker/ops/elementwise.ts';
import { openSessions, tensor } from '../../../gpu-worker/runtime/session.ts';

it('fills the tensors it is given and keeps no copy of what it made', async () => {
  const shape = [2 ** 20];
  const bytes = 4 * 2 ** 20;
  const sessions = openSessions({ threads: 1 });
  const y = neg(new Graph().input('x', 'float32', shape));
  const session = await sessions.open(part([y]));
  const made = new Float32Array(2 ** 20);
  const feeds = { x: tensor(new Float32Array(2 ** 20).fill(3), shape) };
  const outputs = { [y.name]: tensor(made, shape) };
  const before = process.memoryUsage().arrayBuffers;
  // fewer than make the collector look: 64 MB
  for (let i = 0; i < 12; i++) await session.run(feeds, outputs);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 * bytes);
  expect(new Set(made)).toEqual(new Set([-3]));
  await sessions.release();
});

it('takes for zero what is too small to be a normal number, in every worker', async () => {
  const shape = [2 ** 18];
  const sessions = openSessions({ threads: 2 });
  const graph = new Graph();
  const y = mul(graph.input('a', 'float32', shape), graph.input('b', 'float32', shape));
  const session = await sessions.open(part([y]));
  const filled = (value: number) => tensor(new Float32Array(2 ** 18).fill(value), shape);
  const made = new Float32Array(2 ** 18);
  await session.run({ a: filled(1e-30), b: filled(1e-10) }, { [y.name]: tensor(made, shape) });
  expect(new Set(made)).toEqual(new Set([0]));
  await session.run({ a: filled(1e-30), b: filled(2 ** -20) }, { [y.name]: tensor(made, shape) });
  expect(new Set(made)).toEqual(new Set([Math.fround(Math.fround(1e-30) * 2 ** -20)]));
  await sessions.release();
});
