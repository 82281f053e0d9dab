/** Where the time of a step goes, by what ONNX Runtime says of its kernels: the files that sessions leave when opened
 *  with `profile`. */
import { readFileSync } from 'node:fs';

type Kernel = {
  readonly cat: string;
  readonly name: string;
  readonly dur: number; // µs
  readonly args: {
    readonly op_name: string;
    readonly input_type_shape: readonly Readonly<Record<string, readonly number[]>>[];
    readonly output_type_shape: readonly Readonly<Record<string, readonly number[]>>[];
  };
};

export const CLASSES = [
  'frozen products',
  'low-rank products',
  'attention products',
  'softmax, masks',
  'moving data',
  'norms',
  'elementwise',
] as const;
/** As sessions open: a layer's forward, its backward, the head. */
export const PHASES = ['forward', 'backward', 'head'] as const;

export type StepProfile = {
  readonly step_ms: number;
  /** shares of the step, by phase */
  readonly classes: Readonly<Record<string, readonly number[]>>;
  readonly around: Readonly<Record<string, number>>;
  /** best rate of plain products of the step's sizes */
  readonly sgemm_gflops: number;
  /** of all products while they run, and over the whole step */
  readonly products_gflops: number;
  readonly step_gflops: number;
};

type Class = (typeof CLASSES)[number];
export type Product = { readonly m: number; readonly n: number; readonly k: number };
export type Cost = { readonly class: Class; readonly ms: number; readonly product: Product | null };

const MOVING = new Set(['Reshape', 'Transpose', 'Concat', 'Slice', 'Split', 'Pad', 'Identity', 'Gather']);
const NORMS = new Set(['SimplifiedLayerNormalization', 'ReduceMean', 'LayerNormalization']);

const shapes = (list: Kernel['args']['input_type_shape']): (readonly number[])[] =>
  list.map((entry) => Object.values(entry)[0] ?? []);

/** The sizes of one product; the batch of a batched one counts as rows. */
const productOf = ([a = []]: (readonly number[])[], [y = []]: (readonly number[])[]): Product => {
  const [size, n] = [y.reduce((x, d) => x * d, 1), y.at(-1)!];
  const batch = y.slice(0, -2).reduce((x, d) => x * d, 1);
  const inner = a.reduce((x, d) => x * d, 1) / batch / y.at(-2)!;
  return { m: size / n, n, k: inner };
};

const classOf = (op: string, product: Product | null, rank: number, widest: number): Class => {
  if (op === 'FusedMatMul' || op === 'MatMul') return 'attention products';
  if (product) {
    const thin = Math.min(product.m, product.n, product.k);
    return thin <= rank * 4 ? 'low-rank products' : 'frozen products';
  }
  if (MOVING.has(op) || op === 'RotaryEmbedding') return 'moving data';
  if (NORMS.has(op)) return 'norms';
  return op === 'Softmax' || op === 'Where' || widest >= 4 ? 'softmax, masks' : 'elementwise';
};

/** Every kernel's run but those of the first `skip` runs of each node, which warm up. */
export const readProfile = (path: string, rank: number, skip: number): Cost[] => {
  const events = JSON.parse(readFileSync(path, 'utf8')) as readonly Kernel[];
  const runs = new Map<string, number>();
  const costs: Cost[] = [];
  for (const { cat, name, dur, args } of events) {
    if (cat !== 'Node' || !name.endsWith('_kernel_time')) continue;
    const seen = runs.get(name) ?? 0;
    runs.set(name, seen + 1);
    if (seen < skip) continue;
    const [x, y] = [shapes(args.input_type_shape), shapes(args.output_type_shape)];
    const op = args.op_name;
    const product = op === 'Gemm' || op === 'FusedMatMul' || op === 'MatMul' ? productOf(x, y) : null;
    const widest = Math.max(...y.map((shape) => shape.length));
    costs.push({ class: classOf(op, product, rank, widest), ms: dur / 1000, product });
  }
  return costs;
};

export const flopsOf = ({ m, n, k }: Product): number => 2 * m * n * k;

const percent = (x: number): string => `${(x * 100).toFixed(1)} %`.padStart(10);

export const profileTable = (found: StepProfile): string => {
  const of = (rate: number) => `${rate.toFixed(0)} GFLOPS, ${percent(rate / found.sgemm_gflops).trim()}`;
  return [
    `${`a step of ${found.step_ms.toFixed(0)} ms`.padEnd(20)}${PHASES.map((p) => p.padStart(10)).join('')}`,
    ...Object.entries(found.classes).map(([name, by]) => name.padEnd(20) + by.map(percent).join('')),
    ...Object.entries(found.around).map(([name, x]) => name.padEnd(20) + percent(x)),
    `plain products of these sizes: ${found.sgemm_gflops.toFixed(0)} GFLOPS`,
    `all products while they run: ${of(found.products_gflops)} of it`,
    `all products over the whole step: ${of(found.step_gflops)} of it`,
  ].join('\n');
};
