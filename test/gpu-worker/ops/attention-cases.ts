import type { Graph, Shape } from '../../../gpu-worker/onnx/graph.ts';
import { attention, behindPrefix, fromHeads, toHeads } from '../../../gpu-worker/ops/attention.ts';
import type { Case } from './cases.ts';

const int64 = (graph: Graph, values: number[], shape: Shape) =>
  graph.constant(BigInt64Array.from(values, BigInt), shape, 'int64');

export const ATTENTION_CASES: readonly Case[] = [
  [
    'attention within a window, scores capped',
    (q, k, v) => attention(q!, k!, v!, { scale: 0.5, block: 2, until: null, window: 2, softcap: 0.8 }),
    [
      [1, 4, 5, 4],
      [1, 2, 5, 4],
      [1, 2, 5, 4],
    ],
  ],
  [
    'attention behind a prefix, on branches and within a window',
    (q, k, v) =>
      attention(q!, k!, v!, {
        scale: 0.5,
        block: 3,
        until: int64(q!.graph, [2, 2, 5, 4, 5, 1, 5, 3, 5, 5], [2, 5]),
        positions: int64(q!.graph, [2, 3, 2, 3, 3, 2, 2, 3, 3, 4], [2, 5]),
        prefix: 2,
        window: 4,
      }),
    [
      [2, 2, 5, 4],
      [2, 1, 7, 4],
      [2, 1, 7, 4],
    ],
  ],
  [
    'attention in blocks, grouped heads',
    (q, k, v) => attention(q!, k!, v!, { scale: 0.5, block: 2, until: null }),
    [
      [1, 4, 5, 4],
      [1, 2, 5, 4],
      [1, 2, 5, 4],
    ],
  ],
  [
    'attention along branches only',
    (q, k, v) =>
      attention(q!, k!, v!, {
        scale: 0.5,
        block: 3,
        until: int64(q!.graph, [2, 2, 5, 4, 5, 1, 5, 3, 5, 5], [2, 5]),
      }),
    [
      [2, 2, 5, 4],
      [2, 1, 5, 4],
      [2, 1, 5, 4],
    ],
  ],
  ['toHeads', (x) => toHeads(x!, 2, 3), [[4, 6]]],
  ['fromHeads', (x) => fromHeads(x!), [[2, 3, 2, 2]]],
  [
    'behindPrefix',
    (prefix, x) => behindPrefix(prefix!, x!),
    [
      [2, 3, 2],
      [2, 2, 4, 2],
    ],
  ],
];
