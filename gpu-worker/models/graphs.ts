/** The graphs of a model: one layer or the head at a time, weights and trained values as inputs (DESIGN §6). Pure. */
import { backward } from '../autodiff/backward.ts';
import { type Keep, partition } from '../autodiff/partition.ts';
import { block, type Fed, type Seams, type Trained } from '../nn/scope.ts';
import { Graph, type Inputs, type Value } from '../onnx/graph.ts';
import { type Part, part } from '../onnx/model.ts';
import { attention, cachedAttention, fromHeads, toHeads } from '../ops/attention.ts';
import { crossEntropy } from '../ops/loss.ts';
import { gemm } from '../ops/product.ts';
import { rotary } from '../ops/rotary.ts';
import type { Context, Model } from './model.ts';

/** B rows of T tokens. `packed`: rows hold several segments, told apart by the input `segments`. */
export type RowsShape = { readonly b: number; readonly t: number; readonly packed: boolean };

/** Queries of one causal block: enough to fill the cores, few enough that little of the upper triangle is computed. */
const BLOCK = 128;

type Side = { readonly graph: Graph; readonly positions: Value; readonly cos: Value; readonly sin: Value };

const side = (model: Model, b: number, t: number, places: number): Side => {
  const graph = new Graph();
  const table = [places, model.inv_freq.length];
  return {
    graph,
    positions: graph.input('positions', 'int64', [b, t]),
    cos: graph.input('cos', 'float32', table),
    sin: graph.input('sin', 'float32', table),
  };
};

const overRows = (s: Side, { b, t, packed }: RowsShape, see?: (k: Value, v: Value) => void): Context => {
  const segments = packed ? s.graph.input('segments', 'int64', [b, t]) : null;
  return {
    heads: (x, heads) => toHeads(x, b, heads),
    rotate: (x) => rotary(x, s.positions, s.cos, s.sin),
    attend: (q, k, v, scale) => {
      see?.(k, v);
      return fromHeads(attention(q, k, v, { scale, segments, block: BLOCK }));
    },
  };
};

export type LayerGraphs = {
  /** inputs x [B·T, C], positions, cos, sin (, segments), weights, trained values; outputs `y` and `kept` */
  readonly forward: Part;
  /** besides those of forward: `dy` and `kept`; outputs `dx` and one gradient per trained value */
  readonly backward: Part;
  readonly y: Value;
  readonly dx: Value;
  readonly kept: readonly Value[];
  readonly gradients: readonly { readonly of: Trained; readonly value: Value }[];
  readonly frozen: readonly Fed[];
  readonly trained: readonly Trained[];
};

export const trainingLayer = (
  model: Model,
  i: number,
  seams: Seams,
  shape: RowsShape,
  keep: Keep,
): LayerGraphs => {
  const s = side(model, shape.b, shape.t, shape.t);
  const x = s.graph.input('x', 'float32', [shape.b * shape.t, model.hidden_size]);
  const { scope, frozen, trained } = block(s.graph, model.layerPath(i), seams);
  const y = model.layer(scope, x, overRows(s, shape));
  const forwardNodes = s.graph.nodes.length;
  const dy = s.graph.input('dy', 'float32', y.shape);
  const [dx, ...rest] = backward(y, dy, [x, ...trained.map((t) => t.input)]) as [Value, ...Value[]];
  const halves = partition(y, [dx, ...rest], { keep, forwardNodes });
  const gradients = trained.map((of, at) => ({ of, value: rest[at]! }));
  return { ...halves, y, dx, gradients, frozen, trained };
};

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
  const s = side(model, shape.b, shape.t, shape.t);
  const x = s.graph.input('x', 'float32', [shape.b * shape.t, model.hidden_size]);
  const { scope, frozen, trained } = block(s.graph, model.layerPath(i), seams);
  let [keys, values]: [Value | null, Value | null] = [null, null];
  const see = (k: Value, v: Value) => ([keys, values] = [k, v]);
  const y = model.layer(scope, x, overRows(s, shape, cache ? see : undefined));
  const outputs: Inputs = keys && values ? [y, keys, values] : [y];
  return { part: part(outputs), y, keys, values, frozen, trained };
};

/** A layer for one new token in each of b rows, against s cached places; `places` rows of the rotary table.
 *  Inputs x [b, C], positions [b, 1], cached.keys and cached.values [b, kv, s, D], open [b, s]. */
export const decodingLayer = (
  model: Model,
  i: number,
  seams: Seams,
  { b, s: cached, places }: { readonly b: number; readonly s: number; readonly places: number },
): ForwardGraph & { readonly y: Value; readonly keys: Value; readonly values: Value } => {
  const s = side(model, b, 1, places);
  const { graph } = s;
  const x = graph.input('x', 'float32', [b, model.hidden_size]);
  const { scope, frozen, trained } = block(graph, model.layerPath(i), seams);
  const cacheShape = [b, model.num_key_value_heads, cached, model.head_dim];
  const cache = {
    keys: graph.input('cached.keys', 'float32', cacheShape),
    values: graph.input('cached.values', 'float32', cacheShape),
    open: graph.input('open', 'float32', [b, cached]),
  };
  const own: { key?: Value; value?: Value } = {};
  const y = model.layer(scope, x, {
    heads: (rows, heads) => toHeads(rows, b, heads),
    rotate: (v) => rotary(v, s.positions, s.cos, s.sin),
    attend: (q, k, v, scale) => {
      [own.key, own.value] = [k, v];
      return fromHeads(cachedAttention(q, { key: k, value: v }, cache, scale));
    },
  });
  return { part: part([y, own.key!, own.value!]), y, keys: own.key!, values: own.value!, frozen, trained };
};

export type HeadGraphs = {
  /** inputs rows [n, C], labels [n], dnll [n], weights; outputs `nll` [n] and `drows` [n, C] */
  readonly loss: Part;
  readonly nll: Value;
  readonly drows: Value;
  readonly frozen: readonly Fed[];
};

/** The head on n rows: the negative log-likelihood of each label, and Σ dnll·nll's gradient towards the rows. */
export const headLoss = (model: Model, n: number): HeadGraphs => {
  const graph = new Graph();
  const rows = graph.input('rows', 'float32', [n, model.hidden_size]);
  const labels = graph.input('labels', 'int64', [n]);
  const { scope, frozen } = block(graph, '');
  const table = scope.weight(model.head, [model.vocab_size, model.hidden_size]);
  const nll = crossEntropy(model.final(scope, rows), table, labels);
  const [drows] = backward(nll, graph.input('dnll', 'float32', [n]), [rows]) as [Value];
  return { loss: part([nll, drows]), nll, drows, frozen };
};

/** The head on n rows as logits [n, V]. */
export const headLogits = (model: Model, n: number): ForwardGraph & { readonly logits: Value } => {
  const graph = new Graph();
  const rows = graph.input('rows', 'float32', [n, model.hidden_size]);
  const { scope, frozen } = block(graph, '');
  const table = scope.weight(model.head, [model.vocab_size, model.hidden_size]);
  const logits = gemm(model.final(scope, rows), table, { transB: 1 });
  return { part: part([logits]), logits, frozen, trained: [] };
};
