/** Names weights the way Hugging Face checkpoints do, and is the seam where a method can take over a linear. */
import type { Graph, Shape, Value } from '../onnx/graph.ts';
import { add } from '../ops/elementwise.ts';
import { linear } from '../ops/product.ts';

/** A linear of a model as a method sees it: x [M, in], weight [out, in], base(x) = x·Wᵀ (+ bias) [M, out]. */
export type Linear = {
  /** module path in the checkpoint, e.g. `model.layers.0.self_attn.q_proj` */
  readonly path: string;
  readonly x: Value;
  readonly weight: Value;
  base(x: Value): Value;
};

export type Init = 'kaiming_uniform' | 'zeros';
/** Makes a trainable value of a module: `part` is what PEFT appends to the path, e.g. `lora_A.weight`. */
export type Declare = (path: string, part: string, shape: Shape, init: Init) => Value;
/** What a method does where it may; a seam it does not name stays as it is. `linears` are those that read one x together:
 *  q, k and v, say. It gives one output for each. */
export type Seams = { readonly linears?: (group: readonly Linear[], declare: Declare) => readonly Value[] };

export type Scope = {
  at(part: string): Scope;
  weight(name: string, shape: Shape): Value;
  /** x [M, in] → [M, out] */
  linear(name: string, x: Value, out: number, bias?: boolean): Value;
  /** Several linears of one x: names and widths → their outputs, in order. */
  linears(widths: Readonly<Record<string, number>>, x: Value, bias?: boolean): readonly Value[];
};

/** An input of a block's graph: its name there, and the checkpoint's (or the adapter file's) name of what to feed. */
export type Fed = { readonly input: Value; readonly name: string };
export type Trained = Fed & { readonly init: Init };

export type Block = {
  readonly scope: Scope;
  readonly frozen: readonly Fed[];
  readonly trained: readonly Trained[];
};

const PEFT_PREFIX = 'base_model.model.';

/** A scope for one block (a layer, the head). Names in the graph are relative to the block, so that equal blocks have
 *  equal graphs whatever their place in the model. */
export const block = (graph: Graph, prefix: string, seams: Seams = {}): Block => {
  const frozen: Fed[] = [];
  const trained: Trained[] = [];
  const known = new Map<string, Value>();
  const relative = (path: string) =>
    prefix && path.startsWith(`${prefix}.`) ? path.slice(prefix.length + 1) : path;

  const weight = (name: string, shape: Shape): Value => {
    const seen = known.get(name);
    if (seen) return seen;
    const input = graph.input(relative(name), 'float32', shape);
    known.set(name, input);
    frozen.push({ input, name });
    return input;
  };
  const declare: Declare = (path, part, shape, init) => {
    const input = graph.input(relative(`${path}.${part}`), 'float32', shape);
    trained.push({ input, name: `${PEFT_PREFIX}${path}.${part}`, init });
    return input;
  };
  const linearAt = (path: string, x: Value, out: number, bias: boolean): Linear => {
    const w = weight(`${path}.weight`, [out, x.shape.at(-1)!]);
    const base = (rows: Value) => {
      const y = linear(rows, w);
      return bias ? add(y, weight(`${path}.bias`, [out])) : y;
    };
    return { path, x, weight: w, base };
  };
  const scopeAt = (at: string): Scope => {
    const join = (part: string) => (at ? `${at}.${part}` : part);
    const linears: Scope['linears'] = (widths, x, bias = false) => {
      const group = Object.entries(widths).map(([name, out]) => linearAt(join(name), x, out, bias));
      return seams.linears ? seams.linears(group, declare) : group.map((l) => l.base(x));
    };
    return {
      at: (part) => scopeAt(join(part)),
      weight: (name, shape) => weight(join(name), shape),
      linears,
      linear: (name, x, out, bias) => linears({ [name]: out }, x, bias)[0]!,
    };
  };
  return { scope: scopeAt(prefix), frozen, trained };
};
