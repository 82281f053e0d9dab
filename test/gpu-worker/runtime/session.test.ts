import { expect, it } from 'vitest';
import { Graph } from '../../../gpu-worker/onnx/graph.ts';
import { part } from '../../../gpu-worker/onnx/model.ts';
import { neg } from '../../../gpu-worker/ops/elementwise.ts';
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
