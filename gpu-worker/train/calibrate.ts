/** One batch through a model with the weights of one layer in memory at a time: what a base in 8 or 4 bits is made from,
 *  and how far its gradient has moved. */
import { headLoss, type LayerGraphs, placesOf, trainingLayer, watchedLayer } from '../models/graphs.ts';
import type { Model } from '../models/model.ts';
import type { Seams } from '../nn/seams.ts';
import { type Embedder, openEmbedder } from '../runtime/embedding.ts';
import { feedsOf } from '../runtime/feeds.ts';
import { addTo, type Parameters } from '../runtime/parameters.ts';
import { type Feeds, type Sessions, tensor } from '../runtime/session.ts';
import { sumsPairs } from '../runtime/pairs.ts';
import { type StoredWeights, storedWeights } from '../runtime/stored.ts';
import { holding, rotaryTables, type Weights } from '../runtime/weights.ts';
import type { Bits } from '../nn/seams.ts';
import { type Batch, reachOf } from './batch.ts';
import { openHead } from './head.ts';

type Options = {
  readonly model: Model;
  readonly weights: Weights;
  /** of the layers */
  readonly layers: Weights;
  readonly sessions: Sessions;
  readonly seams: Seams;
  readonly parameters: Parameters;
};

/** The batch on its way through the layers: of each, only what it reads is kept. */
type Pass = Options & {
  readonly batch: Batch;
  readonly embedder: Embedder;
  readonly side: Feeds;
  /** of one row for each token */
  readonly shape: readonly [number, number];
  readonly bound: readonly Float32Array[];
  /** the graphs of each layer */
  readonly graphs: readonly LayerGraphs[];
};

const openPass = (options: Options, batch: Batch): Pass => {
  const { model, seams } = options;
  const { b, t } = batch.shape;
  const shape = [b * t, model.hidden_size] as const;
  const bound = Array.from(
    { length: model.num_hidden_layers + 1 },
    () => new Float32Array(shape[0] * shape[1]),
  );
  const embedder = openEmbedder(options);
  embedder.embed(batch, bound[0]!);
  const side = {
    ...rotaryTables(model, placesOf(batch.shape, seams), reachOf(batch)),
    positions: tensor(batch.positions, [b, t]),
    ...(batch.until && { until: tensor(batch.until, [b, t]) }),
  };
  const graphs = Array.from({ length: model.num_hidden_layers }, (_, i) =>
    trainingLayer(model, i, seams, batch.shape, 'none'),
  );
  return { ...options, batch, embedder, side, shape, bound, graphs };
};

const feedsAt = (pass: Pass, i: number, graph: Pick<LayerGraphs, 'frozen' | 'trained'>): Feeds => ({
  ...pass.side,
  ...feedsOf(graph, pass.layers, pass.parameters),
  x: tensor(pass.bound[i]!, pass.shape),
});

const forward = async (pass: Pass, i: number): Promise<void> => {
  const graph = pass.graphs[i]!;
  const session = await pass.sessions.open(graph.forward);
  await session.run(feedsAt(pass, i, graph), { [graph.y.name]: tensor(pass.bound[i + 1]!, pass.shape) });
};

/** Forward; the largest size of each channel that a group of linears reads goes into `found`. */
const watchedForward = async (pass: Pass, i: number, found: Map<string, Float32Array>): Promise<void> => {
  const graph = watchedLayer(pass.model, i, pass.seams, pass.batch.shape);
  const session = await pass.sessions.open(graph.part);
  const outputs = { [graph.y.name]: tensor(pass.bound[i + 1]!, pass.shape) };
  for (const [path, { name, shape }] of graph.largest) {
    const into = new Float32Array(shape[0]!);
    found.set(path, into);
    outputs[name] = tensor(into, shape);
  }
  await session.run(feedsAt(pass, i, graph), outputs);
};

/** Gradient towards what the layer reads; towards its trained values it is added to `gradients`. */
const backward = async (
  pass: Pass,
  i: number,
  dy: Float32Array,
  gradients: Float32Array,
): Promise<Float32Array> => {
  const { sessions, parameters, shape } = pass;
  const graph = pass.graphs[i]!;
  const session = await sessions.open(graph.backward);
  const dx = new Float32Array(dy.length);
  const outputs = { [graph.dx.name]: tensor(dx, shape) };
  const sinks = graph.gradients.map(({ of, value }) => {
    const data = new Float32Array(parameters.value(of.name).length);
    outputs[value.name] = tensor(data, value.shape);
    return { name: of.name, data };
  });
  await session.run({ ...feedsAt(pass, i, graph), dy: tensor(dy, shape) }, outputs);
  for (const { name, data } of sinks) addTo(parameters, gradients, name, data);
  return dx;
};

/** Of the mean negative log-likelihood towards all trained values, flat, when the batch is through all layers. `left` is
 *  called after each layer. */
const gradientOf = async (pass: Pass, left: () => void): Promise<Float32Array> => {
  const { batch, bound, parameters, embedder } = pass;
  const hidden = bound.at(-1)!;
  const gradients = new Float32Array(parameters.values.length);
  let dHidden: Float32Array = new Float32Array(hidden.length);
  const scale = batch.targets.weight.map((w) => w / batch.targets.at.length);
  await openHead(pass).loss(hidden, batch.targets, { scale, dHidden, gradients });
  for (let i = bound.length - 2; i >= 0; i--) {
    dHidden = await backward(pass, i, dHidden, gradients);
    left();
  }
  embedder.backward(batch, dHidden, gradients);
  return gradients;
};

const cosine = (a: Float32Array, b: Float32Array): number => {
  let [both, one, other] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    both += a[i]! * b[i]!;
    one += a[i]! ** 2;
    other += b[i]! ** 2;
  }
  return both / Math.sqrt(one * other);
};

export type Stored = {
  readonly model: Model;
  readonly weights: StoredWeights;
  /** of the layers' linears */
  readonly layer_bytes: number;
  /** between the first gradient on this base and on the float32 one, over all trained values */
  readonly gradient_cosine: number;
};

/** The base in bits, made so that one real batch passes through it as well as may be: layer by layer, so that each weight is
 *  read once for all that is made of it. The same batch gives the same base, so a resumed run need not have it handed over. */
export const storeBase = async (
  open: { readonly model: Model; readonly weights: Weights; readonly sessions: Sessions },
  {
    bits,
    seams,
    parameters,
    batch,
  }: {
    readonly bits: Bits;
    readonly seams: Seams;
    /** with the values that training begins with */
    readonly parameters: Parameters;
    readonly batch: Batch;
  },
): Promise<Stored> => {
  const layers = holding(open.weights);
  const largest = new Map<string, Float32Array>();
  const pairs = bits === 8 && !(await sumsPairs(open.sessions));
  const stored = {
    model: { ...open.model, bits },
    weights: storedWeights(open.weights, { sessions: open.sessions, float: layers, largest, pairs }),
  };
  const before = openPass({ ...open, layers, seams, parameters }, batch);
  const after = openPass({ ...open, ...stored, layers: stored.weights, seams, parameters }, batch);
  for (let i = 0; i < open.model.num_hidden_layers; i++) {
    await (bits === 8 ? watchedForward(before, i, largest) : forward(before, i));
    await stored.weights.make(after.graphs[i]!.frozen);
    await forward(after, i);
    layers.forget();
  }
  const layer_bytes = stored.weights.bytes();
  await stored.weights.make(headLoss(stored.model, 1, seams).frozen);
  const gradients = [await gradientOf(before, layers.forget), await gradientOf(after, () => {})] as const;
  return { ...stored, layer_bytes, gradient_cosine: cosine(...gradients) };
};
