/** One batch through a model with the weights of one layer in memory at a time: what a base in 8 or 4 bits is made from,
 *  and how far its gradient has moved. */
import { placesOf, trainingLayer, watchedLayer } from '../models/graphs.ts';
import type { Model } from '../models/model.ts';
import type { Seams } from '../nn/seams.ts';
import { openEmbedder } from '../runtime/embedding.ts';
import { feedsOf } from '../runtime/feeds.ts';
import type { Parameters } from '../runtime/parameters.ts';
import { type Feeds, type Sessions, tensor } from '../runtime/session.ts';
import { type Largest, type StoredWeights, storedWeights } from '../runtime/stored.ts';
import { passing, rotaryTables, type Weights } from '../runtime/weights.ts';
import type { Bits } from '../nn/seams.ts';
import { type Batch, reachOf } from './batch.ts';
import { openHead } from './head.ts';

type Options = {
  readonly model: Model;
  readonly weights: Weights;
  readonly sessions: Sessions;
  readonly seams: Seams;
  readonly parameters: Parameters;
};

const sidesOf = ({ model, seams }: Pick<Options, 'model' | 'seams'>, batch: Batch): Feeds => {
  const { b, t } = batch.shape;
  return {
    ...rotaryTables(model, placesOf(batch.shape, seams), reachOf(batch)),
    positions: tensor(batch.positions, [b, t]),
    ...(batch.until && { until: tensor(batch.until, [b, t]) }),
  };
};

/** The largest size of each channel that a group of linears of the base reads. */
const largestInputs = async (
  { model, weights, sessions }: Pick<Options, 'model' | 'weights' | 'sessions'>,
  batch: Batch,
): Promise<Largest> => {
  const rows = [batch.shape.b * batch.shape.t, model.hidden_size];
  const side = sidesOf({ model, seams: {} }, batch);
  const found = new Map<string, Float32Array>();
  let x = new Float32Array(rows[0]! * rows[1]!);
  openEmbedder({ model, weights, seams: {}, parameters: null }).embed(batch, x);
  for (let i = 0; i < model.num_hidden_layers; i++) {
    const graph = watchedLayer(model, i, batch.shape);
    const session = await sessions.open(graph.part);
    const y = new Float32Array(x.length);
    const feeds = { ...side, ...feedsOf(graph, passing(weights), null), x: tensor(x, rows) };
    const outputs = { [graph.y.name]: tensor(y, rows) };
    for (const [path, { name, shape }] of graph.largest) {
      const into = new Float32Array(shape[0]!);
      found.set(path, into);
      outputs[name] = tensor(into, shape);
    }
    await session.run(feeds, outputs);
    x = y;
  }
  return found;
};

/** Gradient of the mean negative log-likelihood towards all trained values, flat. */
const gradientOf = async (options: Options, batch: Batch): Promise<Float32Array> => {
  const { model, weights, sessions, seams, parameters } = options;
  const rows = [batch.shape.b * batch.shape.t, model.hidden_size];
  const side = sidesOf(options, batch);
  const count = model.num_hidden_layers;
  const bound = Array.from({ length: count + 1 }, () => new Float32Array(rows[0]! * rows[1]!));
  const embedder = openEmbedder(options);
  embedder.embed(batch, bound[0]!);
  const layerAt = (i: number) => {
    const graph = trainingLayer(model, i, seams, batch.shape, 'none');
    const feeds = { ...side, ...feedsOf(graph, weights, parameters), x: tensor(bound[i]!, rows) };
    return { graph, feeds };
  };
  for (let i = 0; i < count; i++) {
    const { graph, feeds } = layerAt(i);
    const session = await sessions.open(graph.forward);
    await session.run(feeds, { [graph.y.name]: tensor(bound[i + 1]!, rows) });
  }
  const gradients = new Float32Array(parameters.values.length);
  let dHidden = new Float32Array(bound[0]!.length);
  const scale = batch.targets.weight.map((w) => w / batch.targets.at.length);
  await openHead(options).loss(bound[count]!, batch.targets, { scale, dHidden, gradients });
  for (let i = count - 1; i >= 0; i--) {
    const { graph, feeds } = layerAt(i);
    const session = await sessions.open(graph.backward);
    const dx = new Float32Array(dHidden.length);
    const sinks = graph.gradients.map(({ of, value }) => ({
      of,
      value,
      data: new Float32Array(parameters.value(of.name).length),
    }));
    await session.run(
      { ...feeds, dy: tensor(dHidden, rows) },
      {
        [graph.dx.name]: tensor(dx, rows),
        ...Object.fromEntries(sinks.map(({ value, data }) => [value.name, tensor(data, value.shape)])),
      },
    );
    for (const { of, data } of sinks) {
      const into = parameters.view(gradients, of.name);
      for (let j = 0; j < into.length; j++) into[j]! += data[j]!;
    }
    dHidden = dx;
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
  /** between the first gradient on this base and on the float32 one, over all trained values */
  readonly gradient_cosine: number;
};

/** The base in bits, made so that one real batch passes through it as well as may be. The same batch gives the same
 *  base, so a resumed run need not have it handed over. */
export const storeBase = async (
  open: { readonly model: Model; readonly weights: Weights; readonly sessions: Sessions },
  {
    bits,
    seams,
    parameters,
    batch,
    plain,
  }: {
    readonly bits: Bits;
    readonly seams: Seams;
    /** with the values that training begins with */
    readonly parameters: Parameters;
    /** laid as the method wants it, and for the base alone */
    readonly batch: Batch;
    readonly plain: Batch;
  },
): Promise<Stored> => {
  const largest = bits === 8 ? await largestInputs(open, plain) : new Map<string, Float32Array>();
  const stored = { model: { ...open.model, bits }, weights: storedWeights(open.weights, largest) };
  const streamed = { ...open, weights: passing(open.weights) };
  const before = await gradientOf({ ...streamed, seams, parameters }, batch);
  const after = await gradientOf({ ...open, ...stored, seams, parameters }, batch);
  return { ...stored, gradient_cosine: cosine(before, after) };
};
