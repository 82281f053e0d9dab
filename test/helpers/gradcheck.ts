/** Compares `backward` with central differences along one random direction per input. */
import { expect } from 'vitest';
import { backward } from '../../gpu-worker/autodiff/backward.ts';
import { Graph, type Inputs, type Shape, type Value } from '../../gpu-worker/onnx/graph.ts';
import { part } from '../../gpu-worker/onnx/model.ts';
import { size } from '../../gpu-worker/onnx/shape.ts';
import { openSessions, tensor } from '../../gpu-worker/runtime/session.ts';
import { uniformAt } from '../../shared/random.ts';

export const uniform = (n: number, seed: number, lo = -1, hi = 1): Float32Array<ArrayBuffer> => {
  const at = uniformAt(seed, 'test');
  return Float32Array.from({ length: n }, (_, i) => lo + (hi - lo) * at(i));
};

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
};

/** d/dh f(h) at 0 by central differences; Richardson's step removes the h² error, which float32 would not let us shrink away. */
const slope = async (f: (h: number) => Promise<number>, h = 1e-2): Promise<number> => {
  const central = async (step: number) => ((await f(step)) - (await f(-step))) / (2 * step);
  return (4 * (await central(h / 2)) - (await central(h))) / 3;
};

const sessions = openSessions({ threads: 1 });

/** Runs a graph on named inputs and gives the values asked for. */
export const evaluate = async (
  outputs: Inputs,
  feeds: Readonly<Record<string, { data: Float32Array | BigInt64Array; shape: Shape }>>,
): Promise<Float32Array[]> => {
  const session = await sessions.open(part(outputs));
  const made = outputs.map((v) => new Float32Array(size(v.shape)));
  await session.run(
    Object.fromEntries(Object.entries(feeds).map(([name, { data, shape }]) => [name, tensor(data, shape)])),
    Object.fromEntries(outputs.map((v, i) => [v.name, tensor(made[i]!, v.shape)])),
  );
  return made;
};

type Range = { readonly lo?: number; readonly hi?: number; readonly tol?: number };

/** Σ g·f(x) for a random g: its gradient towards every input, exact against numeric. */
export const gradcheck = async (
  f: (...x: Value[]) => Value,
  shapes: readonly Shape[],
  { lo = -1, hi = 1, tol = 1e-3 }: Range = {},
): Promise<void> => {
  const graph = new Graph();
  const x = shapes.map((shape, i) => graph.input(`x${i}`, 'float32', shape));
  const y = f(...x);
  const g = uniform(size(y.shape), 99);
  const grads = backward(y, graph.constant(g, y.shape, 'float32'), x);
  const at = shapes.map((shape, i) => uniform(size(shape), i + 1, lo, hi));
  const feed = (values: readonly Float32Array[]) =>
    Object.fromEntries(x.map(({ name, shape }, i) => [name, { data: values[i]!, shape }]));
  const exact = await evaluate(grads as unknown as Inputs, feed(at));
  for (const [i, shape] of shapes.entries()) {
    const along = uniform(size(shape), 1000 + i);
    const numeric = await slope(async (h) => {
      const moved = at.with(
        i,
        at[i]!.map((v, j) => v + h * along[j]!),
      );
      const [value] = await evaluate([y], feed(moved));
      return dot(value!, g);
    });
    const analytic = dot(exact[i]!, along);
    expect(Math.abs(numeric - analytic) / Math.max(1, Math.abs(analytic)), `input ${i}`).toBeLessThan(tol);
  }
};
