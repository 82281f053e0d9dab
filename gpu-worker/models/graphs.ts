/** The graphs of a model: one layer or the head at a time, weights and trained values as inputs (DESIGN §6). Pure. */
import { backward } from '../autodiff/backward.ts';
import { type Keep, partition } from '../autodiff/partition.ts';
import { type Block, block } from '../nn/scope.ts';
import type { Fed, Prefix, Seams, Trained } from '../nn/seams.ts';
import { productInBytes } from '../nn/stored.ts';
import { Graph, type Inputs, type Value } from '../onnx/graph.ts';
import { type Part, part } from '../onnx/model.ts';
import { attention, behindPrefix, cachedAttention, fromHeads, toHeads } from '../ops/attention.ts';
import { reshape } from '../ops/movement.ts';
import { largestSize } from '../ops/reduce.ts';
import { crossEntropy, logits as logitsOf } from '../ops/loss.ts';
import { rotary } from '../ops/rotary.ts';
import type { Context, Model } from './model.ts';

/** B rows of T tokens. `packed`: rows hold several of the dataset's, told apart by the input `until`. */
export type RowsShape = { readonly b: number; readonly t: number; readonly packed: boolean };

/** Queries of one causal block: enough to fill the cores, few enough that little of the upper triangle is computed. */
const BLOCK = 128;

type Layer = {
  readonly graph: Graph;
  readonly positions: Value;
  readonly x: Value;
  readonly block: Block;
  readonly prefix: Prefix | null;
  readonly rotate: Context['rotate'];
};

/** The inputs that every layer has; `places` rows of the rotary tables. What a layer does not use is not in its model. */
const openLayer = (model: Model, i: number, seams: Seams, b: number, t: number, places: number): Layer => {
  const graph = new Graph();
  const positions = graph.input('positions', 'int64', [b, t]);
  const ropes = model.ropes.map(({ inverse: { length } }, at) => ({
    cos: graph.input(`cos.${at}`, 'float32', [places, length]),
    sin: graph.input(`sin.${at}`, 'float32', [places, length]),
  }));
  const x = graph.input('x', 'float32', [b * t, model.hidden_size]);
  const made = block(graph, model.layerPath(i), seams, model.bits);
  const heads = { kv: model.num_key_value_heads, d: model.head_dim, layers: model.num_hidden_layers };
  return {
    graph,
    positions,
    x,
    block: made,
    prefix: seams.prefix?.(i, heads, made.tools) ?? null,
    rotate: (v, rope = 0) => rotary(v, positions, ropes[rope]!.cos, ropes[rope]!.sin),
  };
};

const overRows = (
  { graph, positions, prefix, rotate }: Layer,
  { b, t, packed }: RowsShape,
  see?: (k: Value, v: Value) => void,
): Context => {
  const until = packed ? graph.input('until', 'int64', [b, t]) : null;
  return {
    rotate,
    heads: (x, heads) => toHeads(x, b, heads),
    attend: (q, k, v, scores) => {
      see?.(k, v);
      const [keys, values] = prefix ? [behindPrefix(prefix.keys, k), behindPrefix(prefix.values, v)] : [k, v];
      const options = { ...scores, until, positions, block: BLOCK, prefix: prefix?.keys.shape[1] ?? 0 };
      return fromHeads(attention(q, keys, values, options));
    },
  };
};

export type GradientOf = { readonly of: Trained; readonly value: Value };

export type LayerGraphs = {
  /** inputs x [B·T, C], positions, cos.i, sin.i (, until), weights, trained values; outputs `y` and `kept` */
  readonly forward: Part;
  /** besides those of forward: `dy` and `kept`; outputs `dx` and one gradient per trained value */
  readonly backward: Part;
  readonly y: Value;
  readonly dx: Value;
  readonly kept: readonly Value[];
  readonly gradients: readonly GradientOf[];
  readonly frozen: readonly Fed[];
  readonly trained: readonly Trained[];
};

const isTrained = ({ fixed }: Trained): boolean => !fixed;

export const trainingLayer = (
  model: Model,
  i: number,
  seams: Seams,
  shape: RowsShape,
  keep: Keep,
): LayerGraphs => {
  const layer = openLayer(model, i, seams, shape.b, shape.t, placesOf(shape, seams));
  const { graph, x } = layer;
  const { scope, frozen, trained } = layer.block;
  const y = model.layer(scope, x, overRows(layer, shape), i);
  const forwardNodes = graph.nodes.length;
  const dy = graph.input('dy', 'float32', y.shape);
  const wanted = trained.filter(isTrained);
  const [dx, ...rest] = backward(y, dy, [x, ...wanted.map((t) => t.input)]) as [Value, ...Value[]];
  const halves = partition(y, [dx, ...rest], { keep, forwardNodes });
  const gradients = wanted.map((of, at) => ({ of, value: rest[at]! }));
  return { ...halves, y, dx, gradients, frozen, trained };
};

/** Rows of the rotary tables that a pass needs: prefix tuning moves tokens on. */
export const placesOf = ({ t }: RowsShape, { virtual }: Seams): number =>
  t + (virtual && !virtual.embeddings ? virtual.count : 0);

export type ForwardGraph = {
  readonly part: Part;
  readonly frozen: readonly Fed[];
  readonly trained: readonly Trained[];
};

/** A layer without its gradient; outputs `y`, and with `cache` the turned keys and the values [B, kv, T, D] too. */
export const forwardLayer = (
  model: Model,
  i: number,
  seams: Seams,
  shape: RowsShape,
  cache: boolean,
): ForwardGraph & { readonly y: Value; readonly keys: Value | null; readonly values: Value | null } => {
  const layer = openLayer(model, i, seams, shape.b, shape.t, placesOf(shape, seams));
  const { scope, frozen, trained } = layer.block;
  let [keys, values]: [Value | null, Value | null] = [null, null];
  const see = (k: Value, v: Value) => ([keys, values] = [k, v]);
  const y = model.layer(scope, layer.x, overRows(layer, shape, cache ? see : undefined), i);
  const outputs: Inputs = keys && values ? [y, keys, values] : [y];
  return { part: part(outputs), y, keys, values, frozen, trained };
};

/** A layer that also tells how large each channel of what a group of linears reads becomes, by the path of the group's
 *  first. */
export const watchedLayer = (
  model: Model,
  i: number,
  seams: Seams,
  shape: RowsShape,
): ForwardGraph & { readonly y: Value; readonly largest: ReadonlyMap<string, Value> } => {
  const layer = openLayer(model, i, seams, shape.b, shape.t, placesOf(shape, seams));
  const { scope, frozen, trained, reads } = layer.block;
  const y = model.layer(scope, layer.x, overRows(layer, shape), i);
  const largest = new Map([...reads].map(([path, x]) => [path, reshape(largestSize(x, 0), [x.shape[1]!])]));
  return { part: part([y, ...largest.values()]), y, largest, frozen, trained };
};

/** A layer for one new token in each of b rows, against s cached places; `places` rows of the rotary table.
 *  Inputs x [b, C], positions [b, 1], cached.keys and cached.values [b, kv, s, D], open [b, prefix + s]. */
export const decodingLayer = (
  model: Model,
  i: number,
  seams: Seams,
  { b, s: cached, places }: { readonly b: number; readonly s: number; readonly places: number },
): ForwardGraph & { readonly y: Value; readonly keys: Value; readonly values: Value } => {
  const layer = openLayer(model, i, seams, b, 1, places);
  const { graph, prefix, rotate } = layer;
  const { scope, frozen, trained } = layer.block;
  const cacheShape = [b, model.num_key_value_heads, cached, model.head_dim];
  const cache = {
    keys: graph.input('cached.keys', 'float32', cacheShape),
    values: graph.input('cached.values', 'float32', cacheShape),
    open: graph.input('open', 'float32', [b, (prefix?.keys.shape[1] ?? 0) + cached]),
  };
  const own: { keys?: Value; values?: Value } = {};
  const context: Context = {
    rotate,
    heads: (rows, heads) => toHeads(rows, b, heads),
    attend: (q, keys, values, scores) => {
      [own.keys, own.values] = [keys, values];
      return fromHeads(cachedAttention(q, { keys, values }, cache, prefix, scores));
    },
  };
  const y = model.layer(scope, layer.x, context, i);
  const [keys, values] = [own.keys!, own.values!];
  return { part: part([y, keys, values]), y, keys, values, frozen, trained };
};

export type HeadGraphs = {
  /** inputs rows [n, C], labels [n], weights; output `nll` [n] */
  readonly forward: Part;
  /** besides those of forward: dnll [n]; outputs `nll`, `drows` [n, C] and one gradient per trained value */
  readonly loss: Part;
  readonly nll: Value;
  readonly drows: Value;
  readonly gradients: readonly GradientOf[];
  readonly frozen: readonly Fed[];
  readonly trained: readonly Trained[];
};

const openHead = (model: Model, n: number, seams: Seams) => {
  const graph = new Graph();
  const rows = graph.input('rows', 'float32', [n, model.hidden_size]);
  const made = block(graph, '', seams);
  const table = made.scope.weight(model.head.weight, [model.vocab_size, model.hidden_size], model.head.use);
  return { graph, rows, table, ...made };
};

/** What the logits are made from in 8 bits. Their gradient is not: softmax leaves most values too small for a byte. */
const headInBytes = (model: Model, seams: Seams, { frozenInput }: Block) => {
  const { weight, use } = model.head;
  if (model.bits !== 8 || seams.trains?.(weight, use)) return null;
  return productInBytes(weight, [model.vocab_size, model.hidden_size], frozenInput);
};

/** The head on n rows: the negative log-likelihood of each label, and Σ dnll·nll's gradient towards the rows and what is
 *  trained of the head. */
export const headLoss = (model: Model, n: number, seams: Seams): HeadGraphs => {
  const { graph, rows, table, ...head } = openHead(model, n, seams);
  const { scope, frozen, trained } = head;
  const labels = graph.input('labels', 'int64', [n]);
  const product = headInBytes(model, seams, head);
  const nll = crossEntropy(model.final(scope, rows), table, labels, { ...model.head, product });
  const dnll = graph.input('dnll', 'float32', [n]);
  const [drows, ...rest] = backward(nll, dnll, [rows, ...trained.map((t) => t.input)]) as [Value, ...Value[]];
  const gradients = trained.map((of, at) => ({ of, value: rest[at]! }));
  const [forward, loss] = [part([nll]), part([nll, drows, ...rest])];
  return { forward, loss, nll, drows, gradients, frozen, trained };
};

/** The head on n rows as logits [n, V]. */
export const headLogits = (
  model: Model,
  n: number,
  seams: Seams,
): ForwardGraph & { readonly logits: Value } => {
  const { rows, table, scope, frozen, trained } = openHead(model, n, seams);
  const logits = logitsOf(model.final(scope, rows), table, model.head);
  return { part: part([logits]), logits, frozen, trained };
};
