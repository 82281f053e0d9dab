import { describe, expect, test } from 'vitest';
import type { Graph, Shape, Value } from '../../../gpu-worker/onnx/graph.ts';
import {
  add,
  div,
  exp,
  gelu,
  geluTanh,
  log,
  mul,
  neg,
  relu,
  silu,
  sqrt,
  sub,
  tanh,
} from '../../../gpu-worker/ops/elementwise.ts';
import { crossEntropy } from '../../../gpu-worker/ops/loss.ts';
import { concat, expand, mT, pad, reshape, slice, transpose } from '../../../gpu-worker/ops/movement.ts';
import { layerNorm, rmsNorm } from '../../../gpu-worker/ops/norm.ts';
import { linear, lowRankDown, lowRankUp, matmul, projection } from '../../../gpu-worker/ops/product.ts';
import { logSoftmax, mean, softmax, sum } from '../../../gpu-worker/ops/reduce.ts';
import { skew } from '../../../gpu-worker/ops/skew.ts';
import { rotary } from '../../../gpu-worker/ops/rotary.ts';
import { gradcheck } from '../../helpers/gradcheck.ts';

const positive = { lo: 0.5, hi: 2 };
const int64 = (graph: Graph, values: number[], shape: Shape) =>
  graph.constant(BigInt64Array.from(values, BigInt), shape, 'int64');
const table = (graph: Graph, f: (a: number) => number, places: number, half: number) =>
  graph.constant(
    Float32Array.from({ length: places * half }, (_, i) => f((Math.floor(i / half) + 1) / 3 ** (i % half))),
    [places, half],
    'float32',
  );
const turn = (x: Value, half: number): Value =>
  rotary(
    x,
    int64(x.graph, [0, 1, 2, 0, 1, 3], [2, 3]),
    table(x.graph, Math.cos, 4, half),
    table(x.graph, Math.sin, 4, half),
  );

type Case = [
  name: string,
  f: (...x: Value[]) => Value,
  shapes: number[][],
  range?: { lo: number; hi: number },
];
const cases: Case[] = [
  [
    'add',
    (a, b) => add(a!, b!),
    [
      [2, 3],
      [2, 3],
    ],
  ],
  ['add, broadcast', (a, b) => add(a!, b!), [[2, 3], [3]]],
  [
    'sub, broadcast both ways',
    (a, b) => sub(a!, b!),
    [
      [1, 3],
      [2, 1],
    ],
  ],
  [
    'mul, broadcast',
    (a, b) => mul(a!, b!),
    [
      [4, 2, 3],
      [2, 1],
    ],
  ],
  ['div', (a, b) => div(a!, b!), [[2, 3], [3]], positive],
  ['neg', (x) => neg(x!), [[5]]],
  ['exp', (x) => exp(x!), [[2, 3]]],
  ['log', (x) => log(x!), [[2, 3]], positive],
  ['sqrt', (x) => sqrt(x!), [[2, 3]], positive],
  ['tanh', (x) => tanh(x!), [[2, 3]]],
  ['relu', (x) => relu(x!), [[2, 3]], positive],
  ['gelu', (x) => gelu(x!), [[2, 5]], { lo: -3, hi: 3 }],
  ['geluTanh', (x) => geluTanh(x!), [[2, 5]], { lo: -3, hi: 3 }],
  ['skew', (x) => skew(x!, 4), [[3, 6]]],
  ['silu', (x) => silu(x!), [[2, 3]], { lo: -3, hi: 3 }],
  ['sum', (x) => sum(x!, [-1]), [[2, 3]]],
  ['mean', (x) => mean(x!, [0, 2]), [[2, 3, 4]]],
  ['softmax', (x) => softmax(x!), [[2, 5]]],
  ['logSoftmax', (x) => logSoftmax(x!), [[2, 5]]],
  ['reshape', (x) => reshape(x!, [3, 4]), [[2, 6]]],
  ['transpose', (x) => transpose(x!, [2, 0, 1]), [[2, 3, 4]]],
  ['mT', (x) => mT(x!), [[2, 3, 4]]],
  ['expand', (x) => expand(x!, [4, 2, 3]), [[2, 1]]],
  [
    'concat',
    (a, b) => concat(1, a!, b!),
    [
      [2, 3],
      [2, 1],
    ],
  ],
  ['slice', (x) => slice(x!, 1, 1, 3), [[2, 4]]],
  ['pad', (x) => pad(x!, 0, 1, 2), [[2, 4]]],
  [
    'matmul',
    (a, b) => matmul(a!, b!),
    [
      [3, 4],
      [4, 2],
    ],
  ],
  [
    'matmul, broadcast batch',
    (a, b) => matmul(a!, b!),
    [
      [2, 5, 3, 4],
      [4, 2],
    ],
  ],
  [
    'linear',
    (x, w) => linear(x!, w!),
    [
      [3, 4],
      [5, 4],
    ],
  ],
  [
    'one value through two linears',
    (x, v, w) => add(linear(x!, v!), linear(x!, w!)),
    [
      [3, 4],
      [5, 4],
      [5, 4],
    ],
  ],
  [
    'a low-rank pair',
    (x, a, b, y) => lowRankUp(lowRankDown(x!, [a!]), b!, y!, 2.5),
    [
      [3, 4],
      [2, 4],
      [5, 2],
      [3, 5],
    ],
  ],
  [
    'stacked factors',
    (x, a, b) => lowRankDown(x!, [a!, b!]),
    [
      [3, 4],
      [2, 4],
      [1, 4],
    ],
  ],
  ['rmsNorm', (x, w) => rmsNorm(x!, w!, 1e-5), [[3, 8], [8]]],
  ['layerNorm', (x, w, b) => layerNorm(x!, w!, b!, 1e-5), [[3, 8], [8], [8]]],
  [
    'projection',
    (x, w) => projection(x!, w!),
    [
      [3, 4],
      [4, 5],
    ],
  ],
  ['rmsNorm, its input used twice', (x, w) => add(x!, rmsNorm(x!, w!, 1e-5)), [[3, 8], [8]]],
  ['rotary', (x) => turn(x!, 2), [[2, 2, 3, 4]]],
  ['rotary of a part of each head', (x) => turn(x!, 2), [[2, 2, 3, 6]]],
  [
    'crossEntropy',
    (x, e) => crossEntropy(x!, e!, int64(x!.graph, [4, 0, 4], [3])),
    [
      [3, 4],
      [6, 4],
    ],
  ],
  [
    'crossEntropy of scaled and capped logits',
    (x, e) => crossEntropy(x!, e!, int64(x!.graph, [4, 0, 4], [3]), { scale: 0.5, softcap: 1.5 }),
    [
      [3, 4],
      [6, 4],
    ],
  ],
  ['a value used twice', (x) => mul(x!, exp(x!)), [[3]]],
];

describe('gradients agree with finite differences', () => {
  for (const [name, f, shapes, range] of cases) test(name, () => gradcheck(f, shapes, range));
});

test('shapes that do not fit are refused where the graph is built', async () => {
  await expect(
    gradcheck(
      (a, b) => matmul(a!, b!),
      [
        [2, 3],
        [4, 2],
      ],
    ),
  ).rejects.toThrow('does not fit');
  await expect(gradcheck((a, b) => add(a!, b!), [[2, 3], [4]])).rejects.toThrow('cannot broadcast');
  await expect(gradcheck((x) => reshape(x!, [5]), [[2, 3]])).rejects.toThrow('cannot reshape');
});
