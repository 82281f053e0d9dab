/** Every op of every graph, the 8-bit base's excepted, has a CUDA kernel for its types. No GPU computes here. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { DType, Node } from '../../../gpu-worker/onnx/graph.ts';
import { openSessions } from '../../../gpu-worker/runtime/session.ts';
import { deviceFrom } from '../../../shared/device.ts';
import { packageRoot } from '../../../shared/package-root.ts';
import { graphsOf, METHODS, models } from '../../helpers/all-graphs.ts';

type Kernel = {
  readonly ops: readonly string[];
  readonly row: string;
  readonly cuda: string;
  readonly part?: number;
  readonly data?: readonly number[];
};
const FILE = join(packageRoot(), 'test/fixtures/cuda-kernels.json');
const { kernels } = JSON.parse(readFileSync(FILE, 'utf8')) as { kernels: readonly Kernel[] };

/** The abbreviations of the table, for the types that our graphs have. */
const MEANS: Readonly<Record<string, readonly DType[]>> = {
  all: ['float32', 'int64', 'int32', 'bool', 'uint8', 'int8'],
  '4f': ['float32'],
  f32: ['float32'],
  int: ['int32', 'int64'],
  i64: ['int64'],
  i32: ['int32'],
  u8: ['uint8'],
  bool: ['bool'],
};
const typesOf = ({ cuda, part }: Kernel): ReadonlySet<DType> => {
  const cell = part === undefined ? cuda : cuda.split(';')[part]!;
  return new Set(cell.split(/[ ,]+/).flatMap((word) => MEANS[word] ?? []));
};
const BY_OP = new Map(
  kernels.flatMap((kernel) => kernel.ops.map((op) => [op, { ...kernel, types: typesOf(kernel) }] as const)),
);

const nameOf = ({ domain, op }: Pick<Node, 'domain' | 'op'>): string => (domain ? `${domain}:${op}` : op);
const lacks = (at: Node): string[] => {
  const kernel = BY_OP.get(nameOf(at));
  if (!kernel) return [`${nameOf(at)} is not in the table`];
  const data = kernel.data?.map((i) => at.x[i]!) ?? at.x;
  return data.filter(({ dtype }) => !kernel.types.has(dtype)).map(({ dtype }) => `${nameOf(at)} of ${dtype}`);
};

const ofType = (dtype: DType) => ({ dtype }) as Node['x'][number];
const nodeOf = (op: string, ...types: DType[]) =>
  ({ op, domain: '', attrs: {}, x: types.map(ofType), y: [] }) as const;
const used = new Set<string>();
describe('every op has a CUDA kernel', () => {
  test.each([...models()])(
    '%s with every method, on a base in float32 and in 4 bits',
    { timeout: 120_000 },
    (_, model) => {
      const wrong = new Set<string>();
      for (const base of [model, { ...model, bits: 4 as const }])
        for (const method of [null, ...Object.values(METHODS)])
          for (const { nodes } of graphsOf(base, method))
            for (const at of nodes) {
              used.add(nameOf(at));
              for (const lack of lacks(at)) wrong.add(lack);
            }
      expect([...wrong]).toEqual([]);
    },
  );

  test('and the table has no row that nothing uses', () => {
    expect([...BY_OP.keys()].filter((op) => !used.has(op))).toEqual([]);
  });

  test('a type without a kernel is noticed, and so is an op', () => {
    expect(lacks(nodeOf('Pad', 'int64', 'int64'))).toEqual(['Pad of int64']);
    expect(lacks(nodeOf('Where', 'bool', 'bool', 'bool'))).toEqual(['Where of bool', 'Where of bool']);
    expect(lacks(nodeOf('Where', 'bool', 'float32', 'float32'))).toEqual([]);
    expect(lacks(nodeOf('SoftmaxGrad', 'float32'))).toEqual(['SoftmaxGrad is not in the table']);
  });
});

const FACTS = join(packageRoot(), '../shared/facts/ort-kernels.md');
test.skipIf(!existsSync(FACTS))('the table says what the facts say (skipped where the facts are not)', () => {
  const cells = new Map(
    readFileSync(FACTS, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .map((line) => line.split('|').map((cell) => cell.trim()))
      .map(([, op, , cuda]) => [op!, cuda!]),
  );
  for (const { row, cuda } of kernels) expect(cells.get(row), row).toBe(cuda);
});

test('cuda is chosen by name, and where its provider is missing the error says what to do', async () => {
  expect([
    deviceFrom({}),
    deviceFrom({ DROPTUNE_DEVICE: '' }),
    deviceFrom({ DROPTUNE_DEVICE: 'cuda' }),
  ]).toEqual(['cpu', 'cpu', 'cuda']);
  expect(() => deviceFrom({ DROPTUNE_DEVICE: 'gpu' })).toThrow('there are cpu and cuda');
  const provider = join(
    packageRoot(),
    'node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime_providers_cuda.so',
  );
  if (existsSync(provider)) return;
  const [part] = graphsOf([...models().values()][0]!, null);
  await expect(openSessions({ threads: 1, device: 'cuda' }).open(part!)).rejects.toMatchObject({
    code: 'engine_failed',
    message: expect.stringContaining('cannot compute on cuda here') as string,
    details: { hint: expect.stringContaining('DROPTUNE_DEVICE') as string },
  });
});
