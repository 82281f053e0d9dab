/** Reverse-mode differentiation: appends to a graph the nodes that compute d(output)/d(wrt), given d/d(output). */
import { emit, like } from '../ops/define.ts';
import { add } from '../ops/elementwise.ts';
import { reshape } from '../ops/movement.ts';
import { sum } from '../ops/reduce.ts';
import type { Gradient, Shape, Value } from '../onnx/graph.ts';
import { broadcastAxes, same } from '../onnx/shape.ts';

/** Sums a gradient over the axes its input was broadcast along. */
const foldTo = (g: Value, shape: Shape): Value =>
  same(g.shape, shape) ? g : reshape(sum(g, broadcastAxes(shape, g.shape)), shape);

/** One gradient of many contributions. Those that add themselves onto a sum come last. */
const merge = (parts: readonly Exclude<Gradient, null>[], shape: Shape): Value => {
  let sofar: Value | null = null;
  for (const part of parts)
    if (typeof part !== 'function') {
      const folded = foldTo(part, shape);
      sofar = sofar ? add(sofar, folded) : folded;
    }
  for (const part of parts) if (typeof part === 'function') sofar = foldTo(part(sofar), shape);
  return sofar!;
};

/** Gradients of Σ g·y towards each of `wrt`; a value that does not reach y is a mistake and throws. */
export const backward = (y: Value, g: Value, wrt: readonly Value[]): readonly Value[] => {
  const { graph } = y;
  const tape = [...graph.tape]; // in topological order: an application can only use values that exist
  return graph.unrecorded(() => {
    const live = new Set(wrt);
    for (const at of tape) if (at.x.some((v) => live.has(v))) live.add(at.y);

    const parts = new Map<Value, Exclude<Gradient, null>[]>([[y, [g]]]);
    const done = new Map<Value, Value>();
    const gradientOf = (v: Value): Value | null => {
      const known = done.get(v);
      if (known) return known;
      const list = parts.get(v);
      if (!list) return null;
      const merged = merge(list, v.shape);
      done.set(v, merged);
      return merged;
    };
    for (const at of tape.toReversed()) {
      if (!live.has(at.y)) continue;
      const gy = gradientOf(at.y);
      if (!gy) continue;
      for (const [i, dx] of at.grad(gy).entries()) {
        const into = at.x[i]!;
        if (!dx || !live.has(into)) continue;
        parts.set(into, [...(parts.get(into) ?? []), dx]);
      }
    }
    return wrt.map((v) => {
      const gradient = gradientOf(v);
      if (!gradient) throw new TypeError(`${v.name} does not reach the output`);
      // an output of a model must come from a node of its own
      return gradient === g ? emit('Identity', [gradient], like(gradient)) : gradient;
    });
  });
};
