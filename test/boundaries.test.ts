/** Who may import whom (DESIGN §3), as tables: a new folder needs a row here before its first file passes. */
import { describe, expect, test } from 'vitest';
import { findCycles, readSource, readSources, type Import, type Source } from './helpers/imports.ts';

const ROOT = new URL('..', import.meta.url).pathname;

/** A file belongs to the first row whose `at` its path begins with; it may import its own layer and those it names. */
type Layer = { readonly name: string; readonly at: string; readonly may: readonly string[] };
const SHARED = ['contracts', 'shared'];
const MATHS = [...SHARED, 'onnx', 'ops'];
const MODEL = [...MATHS, 'nn', 'autodiff', 'models', 'graphs', 'adapters', 'weights'];
const ENGINE = [...MODEL, 'runtime', 'train', 'evaluate', 'serve'];
const LAYERS: readonly Layer[] = [
  { name: 'contracts', at: 'shared/contracts/', may: [] },
  { name: 'db', at: 'shared/db/', may: SHARED },
  { name: 'shared', at: 'shared/', may: SHARED },
  { name: 'entries', at: 'functions/entries/', may: [...SHARED, 'db', 'functions'] },
  { name: 'functions', at: 'functions/', may: [...SHARED, 'db'] },
  { name: 'onnx', at: 'gpu-worker/onnx/', may: SHARED },
  { name: 'ops', at: 'gpu-worker/ops/', may: [...SHARED, 'onnx'] },
  { name: 'autodiff', at: 'gpu-worker/autodiff/', may: MATHS },
  { name: 'nn', at: 'gpu-worker/nn/', may: MATHS },
  { name: 'weights', at: 'gpu-worker/weights/', may: SHARED },
  { name: 'runtime', at: 'gpu-worker/runtime/', may: MODEL },
  // a model's own file says forward only: these build its graphs, and one derives the backward graph
  { name: 'graphs', at: 'gpu-worker/models/graphs.ts', may: [...MATHS, 'nn', 'autodiff', 'models'] },
  { name: 'graphs', at: 'gpu-worker/models/forms.ts', may: [...MATHS, 'nn', 'models'] },
  { name: 'graphs', at: 'gpu-worker/models/linears.ts', may: [...MATHS, 'nn', 'models'] },
  { name: 'models', at: 'gpu-worker/models/', may: [...MATHS, 'nn'] },
  { name: 'adapters', at: 'gpu-worker/adapters/', may: [...MATHS, 'nn', 'models', 'graphs', 'weights'] },
  { name: 'train', at: 'gpu-worker/train/', may: ENGINE },
  { name: 'evaluate', at: 'gpu-worker/evaluate/', may: ENGINE },
  { name: 'serve', at: 'gpu-worker/serve/', may: ENGINE },
  { name: 'engines', at: 'gpu-worker/engines/', may: ENGINE },
  { name: 'supervisor', at: 'gpu-worker/supervisor/', may: [...SHARED, 'weights', 'engines'] },
  { name: 'supervisor', at: 'gpu-worker/run.ts', may: [...SHARED, 'weights', 'engines'] },
  { name: 'main', at: 'gpu-worker/', may: [...ENGINE, 'engines', 'supervisor'] },
];

/** Packages that one place knows; `lazily`: by `import('…')` or `import type` only, so that nobody loads what he does not use. */
type Fence = { readonly package: RegExp; readonly within: RegExp; readonly lazily: boolean };
const FENCES: readonly Fence[] = [
  { package: /^onnxruntime-/, within: /^gpu-worker\/runtime\//, lazily: false },
  { package: /^(drizzle-orm|postgres|@electric-sql\/)/, within: /^shared\/db\//, lazily: false },
  { package: /^@aws-sdk\//, within: /^(shared\/storage|functions\/(launchers|queues))\//, lazily: true },
  {
    package: /^(ali-oss|@alicloud\/)/,
    within: /^(shared\/storage|functions\/(launchers|queues))\//,
    lazily: true,
  },
  { package: /^@kubernetes\//, within: /^functions\/launchers\//, lazily: true },
];

/** Files that are processes: they alone read the environment and end the process. */
const ENTRIES = /^(functions\/entries\/|gpu-worker\/main\.ts$|gpu-worker\/engines\/)/;
const ENTRIES_ONLY: ReadonlySet<string | null> = new Set(['env', 'exit', null]);

const layerOf = (path: string): Layer | undefined => LAYERS.find(({ at }) => path.startsWith(at));

const checkImport = (path: string, own: Layer, { to, kind }: Import): string[] => {
  if (to === null) return [`${path} computes what it imports: nobody can follow that`];
  const other = layerOf(to);
  if (other && other.name !== own.name && !own.may.includes(other.name))
    return [`${path} (${own.name}) imports ${to} (${other.name})`];
  if (!other && /^(test|infra|dist|\.\.)(\/|$)/.test(to))
    return [`${path} imports ${to}, outside of the product`];
  return FENCES.filter((fence) => fence.package.test(to)).flatMap(({ within, lazily }) => {
    if (!within.test(path)) return [`${path} imports ${to}, which only ${within.source} may`];
    return lazily && kind === 'value' ? [`${path} loads ${to} at once: import it where it is used`] : [];
  });
};

const check = ({ path, imports, process }: Source): string[] => {
  const own = layerOf(path);
  if (!own) return [`${path} belongs to no layer: give its folder a row`];
  return [
    ...imports.flatMap((i) => checkImport(path, own, i)),
    ...(ENTRIES.test(path) ? [] : process)
      .filter((member) => ENTRIES_ONLY.has(member))
      .map((member) => `${path} touches process${member ? `.${member}` : ''}: only an entry may`),
  ];
};

describe('the sources', () => {
  const sources = readSources(ROOT, ['shared', 'functions', 'gpu-worker']);

  test('import only what their layer may', () => {
    expect(sources.length).toBeGreaterThan(20);
    expect(sources.flatMap(check)).toEqual([]);
  });

  test('import each other in no circle', () => {
    expect(findCycles(sources)).toEqual([]);
  });
});

describe('the rules notice', () => {
  test.each([
    ['a contract that knows the rest', 'shared/contracts/a.ts', `import { x } from '../ids.ts'`],
    ['the worker in the control plane', 'functions/a.ts', `import type { X } from '../gpu-worker/run.ts'`],
    ['the control plane in the worker', 'gpu-worker/run.ts', `export * from '../functions/deps.ts'`],
    ['the database in the worker', 'gpu-worker/run.ts', `export { x } from '../shared/db/schema.ts'`],
    ['the database below the database', 'shared/a.ts', `const x = await import('./db/schema.ts')`],
    ['an op that knows gradients', 'gpu-worker/ops/a.ts', `type X = import('../autodiff/backward.ts').X`],
    ['a model that knows a method', 'gpu-worker/models/a.ts', `import { x } from '../adapters/lora.ts'`],
    ['training that starts an engine', 'gpu-worker/train/a.ts', `import '../engines/onnx.ts'`],
    ['a second door to ONNX Runtime', 'gpu-worker/train/a.ts', `import * as ort from 'onnxruntime-node'`],
    ['an SDK outside of its drivers', 'functions/a.ts', `const x = () => import('@aws-sdk/client-s3')`],
    ['an SDK that loads at once', 'shared/storage/s3.ts', `import { S3Client } from '@aws-sdk/client-s3'`],
    ['a computed import', 'functions/a.ts', 'const x = (name: string) => import(`./${name}.ts`)'],
    ['a test in the product', 'shared/a.ts', `import { x } from '../test/helpers/imports.ts'`],
    ['a folder without a row', 'tools/a.ts', ''],
    ['process.env', 'shared/a.ts', `export const x = process.env['HOME']`],
    ['process.exit by another name', 'functions/a.ts', `const { exit } = process; exit(1)`],
    ['process from its module', 'functions/a.ts', `import { env } from 'node:process'`],
    ['process under another name', 'gpu-worker/run.ts', `const p = process; p.exit()`],
  ])('%s', (_, path, text) => {
    expect(check(readSource(path, text))).toHaveLength(1);
  });

  test.each([
    [
      'gpu-worker/runtime/a.ts',
      `import * as ort from 'onnxruntime-node'; import { x } from '../onnx/graph.ts'`,
    ],
    [
      'shared/storage/s3.ts',
      `import type { S3Client } from '@aws-sdk/client-s3'; await import('@aws-sdk/client-s3')`,
    ],
    ['functions/entries/cli.ts', `process.exit(Number(process.env['X']))`],
    ['gpu-worker/parity.ts', `process.exitCode = 1; process.argv.slice(2)`],
    ['functions/a.ts', `import { x } from '../shared/db/schema.ts'; // import '../gpu-worker/run.ts'`],
  ])('nothing wrong in %s', (path, text) => {
    expect(check(readSource(path, text))).toEqual([]);
  });

  test('a circle, once, with its way round', () => {
    const files = [
      readSource('shared/0.ts', `import './a.ts'`),
      readSource('shared/a.ts', `import './b.ts'`),
      readSource('shared/b.ts', `export * from './c.ts'; import type { A } from './a.ts'`),
      readSource('shared/c.ts', `await import('./a.ts')`),
    ];
    expect(findCycles(files)).toEqual(['shared/a.ts → shared/b.ts → shared/c.ts → shared/a.ts']);
    expect(findCycles(files.slice(0, 3))).toEqual([]);
  });
});
