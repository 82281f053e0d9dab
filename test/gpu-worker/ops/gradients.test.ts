/** Every op's gradient against finite differences; an op without a row here fails. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../../shared/package-root.ts';
import { add } from '../../../gpu-worker/ops/elementwise.ts';
import { reshape } from '../../../gpu-worker/ops/movement.ts';
import { matmul } from '../../../gpu-worker/ops/product.ts';
import { gradcheck } from '../../helpers/gradcheck.ts';
import { ATTENTION_CASES } from './attention-cases.ts';
import { CASES } from './cases.ts';

const OPS = join(packageRoot(), 'gpu-worker/ops');
const ALL = [...CASES, ...ATTENTION_CASES];

/** Exports that have no gradient of their own, and why. */
const WITHOUT: Readonly<Record<string, string>> = {
  // the inside of compound ops
  total: 'a sum that attention makes of its gradients',
  gemm: 'linear, projection and the low-rank pair say how it is differentiated',
  fused: 'attention says how it is differentiated',
  openPlaces: 'a mask',
  spansOf: 'plain numbers',
  largestSize: 'scales are found by it, and nothing is learnt through them',
  // nothing is trained through them
  logits: 'crossEntropy is what is learnt from',
  cachedAttention: 'decoding',
  rows8: 'rounding; frozenLinear has the gradient',
  forward8: 'a direction of frozenLinear',
  backward8: 'a direction of frozenLinear',
  throughFloat: 'two directions of frozenLinear',
  fromBlocks8: 'a frozen weight',
  fromBlocks4: 'a frozen weight',
  fromColumns8: 'a frozen weight',
  product8: 'the inside of forward8 and backward8',
  columns8: 'rounding of a frozen weight',
  rotateRows: 'the inside of rows8',
  rotateColumns: 'the inside of columns8',
};

/** Tools to define ops with, and what turns weights into bits before any graph is made. */
const TOOLS = new Set(['define.ts', 'quantise.ts']);
const files = readdirSync(OPS).filter((file) => !TOOLS.has(file));
const exportsOf = async (file: string): Promise<string[]> => {
  const module = (await import(join(OPS, file))) as Record<string, unknown>;
  return Object.keys(module).filter((name) => typeof module[name] === 'function');
};
const ops = (await Promise.all(files.map(exportsOf))).flat();

test('every op has a row or a reason to have none, and no row or reason is left over', () => {
  const rows = new Set(ALL.map(([name]) => name.match(/^\w+/)![0]));
  expect(ops.length).toBeGreaterThan(40);
  expect([...rows, ...Object.keys(WITHOUT)].toSorted()).toEqual(ops.toSorted());
});

describe('gradients agree with finite differences', () => {
  for (const [name, f, shapes, range] of ALL) test(name, () => gradcheck(f, shapes, range));
});

const refused = async (f: Parameters<typeof gradcheck>[0], shapes: number[][], why: string) =>
  expect(gradcheck(f, shapes)).rejects.toThrow(why);

test('shapes that do not fit are refused where the graph is built', async () => {
  await refused(
    (a, b) => matmul(a!, b!),
    [
      [2, 3],
      [4, 2],
    ],
    'does not fit',
  );
  await refused((a, b) => add(a!, b!), [[2, 3], [4]], 'cannot broadcast');
  await refused((x) => reshape(x!, [5]), [[2, 3]], 'cannot reshape');
});
