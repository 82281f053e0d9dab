/** Names weights the way Hugging Face checkpoints do, and offers the seams where a method can take over. */
import type { DType, Graph, Shape, Value } from '../onnx/graph.ts';
import { linear, projection } from '../ops/product.ts';
import { mT } from '../ops/movement.ts';
import type { Bits, Fed, Form, Linear, Seams, Tools, Trained } from './seams.ts';
import { inBits, type Input, withBias } from './stored.ts';

/** A linear's width, and how it is stored: `Conv1D` weights (GPT-2) are [in, out]. */
export type LinearOptions = { readonly bias?: boolean; readonly conv1d?: boolean };

export type Scope = {
  at(part: string): Scope;
  /** `use`: the module's own name where it takes another's weight, as a tied head does */
  weight(name: string, shape: Shape, use?: string): Value;
  /** x [M, in] → [M, out] */
  linear(name: string, x: Value, out: number, options?: LinearOptions): Value;
  /** Several linears of one x: names and widths → their outputs, in order. */
  linears(widths: Readonly<Record<string, number>>, x: Value, options?: LinearOptions): readonly Value[];
  /** What a module (`self_attn`, `mlp`) gives back, where a method may add to it. */
  output(name: string, y: Value): Value;
};

export type Block = {
  readonly scope: Scope;
  readonly tools: Tools;
  /** makes a form of a frozen weight known as an input */
  readonly frozenInput: Input;
  readonly frozen: readonly Fed[];
  readonly trained: readonly Trained[];
  /** what each group of linears reads, by the path of its first */
  readonly reads: ReadonlyMap<string, Value>;
};

const PEFT_PREFIX = 'base_model.model.';

/** A linear of the model over weights that `weight` makes known. */
const linearAt = (
  weight: (name: string, shape: Shape) => Value,
  path: string,
  x: Value,
  out: number,
  options: LinearOptions,
): Linear => {
  const width = x.shape.at(-1)!;
  const stored = () => weight(`${path}.weight`, options.conv1d ? [width, out] : [out, width]);
  const { conv1d = false } = options;
  const bias = () => (options.bias ? weight(`${path}.bias`, [out]) : null);
  const product = (rows: Value) => (conv1d ? projection : linear)(rows, stored());
  const base = withBias(product, bias);
  const matrix = () => (conv1d ? mT(stored()) : stored());
  return { path, x, in: width, out, conv1d, weight: matrix, bias, product, base };
};

/** A scope for one block (a layer, the head). Names in the graph are relative to the block, so that equal blocks have
 *  equal graphs whatever their place in the model. */
export const block = (graph: Graph, prefix: string, seams: Seams = {}, bits: Bits | null = null): Block => {
  const frozen: Fed[] = [];
  const trained: Trained[] = [];
  const reads = new Map<string, Value>();
  const known = new Map<string, Value>();
  const relative = (path: string) =>
    prefix && path.startsWith(`${prefix}.`) ? path.slice(prefix.length + 1) : path;

  const once = (name: string, make: () => Value): Value => {
    const value = known.get(name) ?? make();
    known.set(name, value);
    return value;
  };
  const tools: Tools = {
    declare: ({ as, shape, ...entry }) =>
      once(as, () => {
        const input = graph.input(relative(as), 'float32', shape);
        trained.push({ ...entry, input });
        return input;
      }),
    own: (path, part, shape, init) => {
      const as = `${path}.${part}`;
      return tools.declare({ as, shape, init, name: `${PEFT_PREFIX}${as}` });
    },
  };
  const frozenInput = (name: string, dtype: DType, shape: Shape, form?: Form): Value => {
    const own = form ? `${name}.${form.part}` : name;
    return once(own, () => {
      const input = graph.input(relative(own), dtype, shape);
      frozen.push({ input, name, ...(form && { form }) });
      return input;
    });
  };
  const weight = (name: string, shape: Shape, use = name): Value => {
    const key = seams.trains?.(name, use);
    if (key) return tools.declare({ as: use, shape, init: { weight: name }, name: key });
    return frozenInput(name, 'float32', shape);
  };
  const scopeAt = (at: string): Scope => {
    const join = (part: string) => (at ? `${at}.${part}` : part);
    const linears: Scope['linears'] = (widths, x, options = {}) => {
      const floating = Object.entries(widths).map(([name, out]) =>
        linearAt(weight, join(name), x, out, options),
      );
      const group = bits ? inBits(bits, floating, frozenInput, seams) : floating;
      reads.set(group[0]!.path, x);
      return seams.linears ? seams.linears(group, tools) : group.map((l) => l.base(x));
    };
    return {
      at: (part) => scopeAt(join(part)),
      weight: (name, shape, use) => weight(join(name), shape, use),
      linears,
      linear: (name, x, out, options) => linears({ [name]: out }, x, options)[0]!,
      output: (name, y) => seams.output?.({ name, path: join(name) }, y, tools) ?? y,
    };
  };
  return { scope: scopeAt(prefix), tools, frozenInput, frozen, trained, reads };
};
