import { afterAll, expect, it } from 'vitest';
import type { Fed, Form } from '../../../gpu-worker/nn/seams.ts';
import { Graph } from '../../../gpu-worker/onnx/graph.ts';
import { openSessions } from '../../../gpu-worker/runtime/session.ts';
import { storedWeights } from '../../../gpu-worker/runtime/stored.ts';
import { openWeights } from '../../../gpu-worker/runtime/weights.ts';
import { uniformAt } from '../../../shared/random.ts';

const sessions = openSessions({ threads: 1 });
afterAll(() => sessions.release());

const WIDTH = 64;
const PARTS = ['forward', 'forward.scales'] as const;

/** The columns of a table in bytes: int8 [in, out], and the scale of each. */
const made = async (table: Float32Array) => {
  const out = table.length / WIDTH;
  const weights = openWeights({ read: () => table, shape: () => [out, WIDTH], has: () => true });
  const float = { tensor: () => expect.unreachable('a table is read where it is held') };
  const stored = storedWeights(weights, { sessions, float, largest: new Map(), pairs: false });
  const shapes = { forward: [WIDTH, out], 'forward.scales': [out] };
  const fed = PARTS.map((part): Fed => {
    const form: Form = { part, in: WIDTH, out, conv1d: false, group: [] };
    const dtype = part === 'forward' ? 'int8' : 'float32';
    return { input: new Graph().input(part, dtype, shapes[part]), name: 'table', form };
  });
  await stored.make(fed);
  const [values, scales] = fed.map(
    ({ name, form, input }) => stored.tensor(name, input.shape, form).data as Int8Array | Float32Array,
  );
  return { values: values!, scales: scales! };
};

it('makes a column of bytes of each row of a table, however many rows there are', async () => {
  const at = uniformAt(5, 'table');
  const rows = 2 * 8192 + 300;
  const table = Float32Array.from({ length: rows * WIDTH }, (_, i) => at(i) - 0.5);
  const whole = await made(table);
  expect(new Set(whole.values).size).toBe(255);
  for (const from of [0, 8190, 2 * 8192 - 2, rows - 4]) {
    const few = await made(table.slice(from * WIDTH, (from + 4) * WIDTH));
    expect(whole.scales.slice(from, from + 4)).toEqual(few.scales);
    for (let k = 0; k < WIDTH; k++)
      expect(whole.values.slice(k * rows + from, k * rows + from + 4)).toEqual(
        few.values.slice(4 * k, 4 * k + 4),
      );
  }
});
