/** Bytes that a model needs besides its inputs and outputs while it runs: what is alive at once, node by node. */
import type { DType, Node, Value } from '../../onnx/graph.ts';
import type { Part } from '../../onnx/model.ts';
import { size } from '../../onnx/shape.ts';

const WIDTH: Readonly<Record<DType, number>> = { float32: 4, int64: 8, int32: 4, int8: 1, uint8: 1, bool: 1 };
export const bytesOf = ({ dtype, shape }: Pick<Value, 'dtype' | 'shape'>): number =>
  WIDTH[dtype] * size(shape);

/** Their output is their input's memory. */
const VIEWS = new Set(['Reshape', 'Squeeze', 'Unsqueeze', 'Identity']);

export const scratchBytes = ({ nodes, inputs, outputs, initializers }: Part): number => {
  const outside = new Set([...inputs, ...outputs, ...initializers.map(({ value }) => value)]);
  const root = new Map<Value, Value>();
  const rootOf = (v: Value): Value => root.get(v) ?? v;
  const last = new Map<Value, Node>();
  for (const node of nodes) {
    if (VIEWS.has(node.op)) root.set(node.y[0]!, rootOf(node.x[0]!));
    for (const v of node.x) last.set(rootOf(v), node);
  }
  let [alive, most] = [0, 0];
  for (const node of nodes) {
    if (!VIEWS.has(node.op)) for (const y of node.y) if (!outside.has(y)) alive += bytesOf(y);
    most = Math.max(most, alive);
    for (const x of new Set(node.x.map(rootOf)))
      if (last.get(x) === node && !outside.has(x)) alive -= bytesOf(x);
    for (const y of node.y) if (!VIEWS.has(node.op) && !outside.has(y) && !last.has(y)) alive -= bytesOf(y);
  }
  return most;
};
