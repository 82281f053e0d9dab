/** What this machine's plain matrix product does, through the same runtime: the measure of everything above it. */
import { openSessions, tensor } from '../../gpu-worker/runtime/session.ts';
import { Graph } from '../../gpu-worker/onnx/graph.ts';
import { part } from '../../gpu-worker/onnx/model.ts';
import { gemm } from '../../gpu-worker/ops/product.ts';
import type { Product } from './profile.ts';

const filled = (n: number): Float32Array => Float32Array.from({ length: n }, (_, i) => Math.sin(i));

export type Sgemm = {
  /** one run of each product */
  round(): Promise<void>;
  /** best time of each, ms */
  best(): readonly number[];
  close(): Promise<void>;
};

export const openSgemm = async (products: readonly Product[], threads: number): Promise<Sgemm> => {
  const sessions = openSessions({ threads });
  const runs = await Promise.all(
    products.map(async ({ m, n, k }) => {
      const graph = new Graph();
      const [a, b] = [graph.input('a', 'float32', [m, k]), graph.input('b', 'float32', [k, n])];
      const y = gemm(a, b);
      const session = await sessions.open(part([y]));
      const feeds = { a: tensor(filled(m * k), a.shape), b: tensor(filled(k * n), b.shape) };
      const out = { [y.name]: tensor(new Float32Array(m * n), y.shape) };
      return () => session.run(feeds, out);
    }),
  );
  const best = products.map(() => Infinity);
  return {
    round: async () => {
      for (const [i, run] of runs.entries()) {
        const start = performance.now();
        await run();
        best[i] = Math.min(best[i]!, performance.now() - start);
      }
    },
    best: () => best,
    close: () => sessions.release(),
  };
};
