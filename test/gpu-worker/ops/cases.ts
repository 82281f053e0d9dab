/** Every differentiable op but attention, on shapes that show what is special about it. */
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
import { frozenLinear, throughFloat } from '../../../gpu-worker/ops/quantised.ts';
import { logSoftmax, mean, softmax, sum } from '../../../gpu-worker/ops/reduce.ts';
import { skew } from '../../../gpu-worker/ops/skew.ts';
import { rotary } from '../../../gpu-worker/ops/rotary.ts';
import { uniform } from '../../helpers/gradcheck.ts';

/** Steps of x at which an op bends must not lie within a finite difference. */
const positive = { lo: 0.5, hi: 2 };
/** Takes every second column below zero. */
const shut = ({ graph }: Value): Value => graph.constant(Float32Array.of(0, 3, 0), [3], 'float32');
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

/** The first word of a name is the op's export. */
export type Case = readonly [
  name: string,
  f: (...x: Value[]) => Value,
  shapes: readonly Shape[],
  range?: { readonly lo: number; readonly hi: number },
];
export const CASES: readonly Case[] = [
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
  ['relu, open and shut', (x) => relu(sub(x!, shut(x!))), [[2, 3]], positive],
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
    'linear, two of one value',
    (x, v, w) => add(linear(x!, v!), linear(x!, w!)),
    [
      [3, 4],
      [5, 4],
      [5, 4],
    ],
  ],
  [
    'lowRankUp of lowRankDown',
    (x, a, b, y) => lowRankUp(lowRankDown(x!, [a!]), b!, y!, 2.5),
    [
      [3, 4],
      [2, 4],
      [5, 2],
      [3, 5],
    ],
  ],
  [
    'lowRankDown, stacked factors',
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
  [
    'frozenLinear',
    (x) =>
      frozenLinear(
        x!,
        throughFloat(() => x!.graph.constant(uniform(20, 5), [5, 4], 'float32')),
      ),
    [[3, 4]],
  ],
  ['mul, a value used twice', (x) => mul(x!, exp(x!)), [[3]]],
];
