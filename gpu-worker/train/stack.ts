/** The layers of a model as one thing to run: forward, and backward with what forward kept (DESIGN §6). Only layer inputs
 *  [L+1, M, C] and what `keep` names live between the two; every output is a tensor allocated once and filled in place. */
import type { Seams } from '../nn/seams.ts';
import type { Value } from '../onnx/graph.ts';
import { size } from '../onnx/shape.ts';
import { forwardLayer, type GradientOf, placesOf, trainingLayer } from '../models/graphs.ts';
import type { Keep } from '../autodiff/partition.ts';
import type { Model } from '../models/model.ts';
import { openEmbedder } from '../runtime/embedding.ts';
import { type Feeds, type Sessions, type Tensor, tensor } from '../runtime/session.ts';
import { feedsOf, openRooms, type Rooms } from '../runtime/feeds.ts';
import { rotaryTables, type Weights } from '../runtime/weights.ts';
import type { Batch } from './batch.ts';
import type { Parameters } from '../runtime/parameters.ts';

export type Stack = {
  /** ids → hidden states before the final norm [B·T, C]. `training` keeps what `backward` needs. */
  forward(batch: Batch, training: boolean): Promise<Float32Array>;
  /** dHidden [B·T, C] → gradients of all trained values, added into `gradients`, flat. */
  backward(batch: Batch, dHidden: Float32Array, gradients: Float32Array): Promise<void>;
};

export type StackOptions = {
  readonly model: Model;
  readonly weights: Weights;
  readonly sessions: Sessions;
  readonly seams: Seams;
  readonly parameters: Parameters;
  /** per layer */
  readonly keep: (layer: number) => Keep;
};

type Layer = {
  readonly forward: () => Promise<void>;
  readonly backward: (gradients: Float32Array) => Promise<void>;
};
type Pass = {
  readonly layers: readonly Layer[];
  readonly bound: readonly Float32Array[];
  /** where backward finds dHidden, and where it leaves the gradient towards the first layer's input */
  readonly dLast: Float32Array | null;
  readonly dFirst: Float32Array | null;
  readonly sides: Record<'positions' | 'segments', BigInt64Array>;
};

const data = (t: Tensor): Float32Array => t.data as Float32Array;

export const openStack = (options: StackOptions): Stack => {
  const { model, seams } = options;
  const { hidden_size: c, num_hidden_layers: count } = model;
  const room = openRooms();
  const embedder = openEmbedder(options);
  const passes = new Map<string, Promise<Pass>>();

  const makePass = async (shape: Batch['shape'], training: boolean): Promise<Pass> => {
    const m = shape.b * shape.t;
    const rows = [m, c];
    const positions = new BigInt64Array(m);
    const segments = new BigInt64Array(m);
    const side: Feeds = {
      ...rotaryTables(model, placesOf(shape, seams)),
      positions: tensor(positions, [shape.b, shape.t]),
      segments: tensor(segments, [shape.b, shape.t]),
    };
    const bound = Array.from({ length: count + 1 }, (_, i) =>
      room(training ? `bound.${i}` : `bound.${i % 2}`, rows),
    );
    const dx = training ? [room('dx.0', rows), room('dx.1', rows)] : [];
    const layers: Layer[] = [];
    for (let i = 0; i < count; i++) {
      const io = { x: bound[i]!, y: bound[i + 1]!, dy: dx[(count - 1 - i) % 2]!, dx: dx[(count - i) % 2]! };
      layers.push(
        await (training
          ? trainedLayer(options, room, i, shape, side, io)
          : plainLayer(options, i, shape, side, io)),
      );
    }
    const [dLast = null, dFirst = null] = [dx[0], dx[count % 2]].map((t) => (t ? data(t) : null));
    return { layers, bound: bound.map(data), dLast, dFirst, sides: { positions, segments } };
  };
  const passFor = ({ shape }: Batch, training: boolean): Promise<Pass> => {
    const key = `${shape.b}×${shape.t} ${shape.packed} ${training}`;
    let pass = passes.get(key);
    if (!pass) passes.set(key, (pass = makePass(shape, training)));
    return pass;
  };

  return {
    forward: async (batch, training) => {
      const pass = await passFor(batch, training);
      pass.sides.positions.set(batch.positions);
      if (batch.segments) pass.sides.segments.set(batch.segments);
      embedder.embed(batch, pass.bound[0]!);
      for (const layer of pass.layers) await layer.forward();
      return pass.bound[count]!;
    },
    backward: async (batch, dHidden, gradients) => {
      const pass = await passFor(batch, true);
      pass.dLast!.set(dHidden);
      for (const layer of pass.layers.toReversed()) await layer.backward(gradients);
      embedder.backward(batch, pass.dFirst!, gradients);
    },
  };
};

type Ends = { readonly x: Tensor; readonly y: Tensor; readonly dy: Tensor; readonly dx: Tensor };

const plainLayer = async (
  options: StackOptions,
  i: number,
  shape: Batch['shape'],
  side: Feeds,
  { x, y }: Ends,
) => {
  const graph = forwardLayer(options.model, i, options.seams, shape, false);
  const session = await options.sessions.open(graph.part);
  const feeds = { ...side, ...feedsOf(graph, options.weights, options.parameters), x };
  return {
    forward: () => session.run(feeds, { [graph.y.name]: y }),
    backward: () => Promise.reject(new TypeError()),
  };
};

/** Room for one layer's gradients, shared by all layers that are alike, and a way to add them to the flat array. */
const sinkOf = (gradients: readonly GradientOf[], room: Rooms, { view }: Parameters) => {
  const sinks = gradients.map(({ of, value }) => ({
    name: of.name,
    output: value.name,
    tensor: room(`gradient.${of.input.name}`, value.shape),
  }));
  return {
    outputs: Object.fromEntries(sinks.map((sink) => [sink.output, sink.tensor])),
    addTo: (flat: Float32Array) => {
      for (const sink of sinks) {
        const [into, from] = [view(flat, sink.name), data(sink.tensor)];
        for (let i = 0; i < into.length; i++) into[i]! += from[i]!;
      }
    },
  };
};

/** Tensors one after another in one room: shapes differ in how long each is, hardly in how long all are. */
const carve = (room: Rooms, name: string, values: readonly Value[]): Record<string, Tensor> => {
  const all = data(room(name, [values.reduce((n, { shape }) => n + size(shape), 0)]));
  let from = 0;
  return Object.fromEntries(
    values.map(({ name: of, shape }) => [of, tensor(all.subarray(from, (from += size(shape))), shape)]),
  );
};

const trainedLayer = async (
  options: StackOptions,
  room: Rooms,
  i: number,
  shape: Batch['shape'],
  side: Feeds,
  { x, y, dy, dx }: Ends,
): Promise<Layer> => {
  const { parameters, sessions } = options;
  const graph = trainingLayer(options.model, i, options.seams, shape, options.keep(i));
  const [forward, backward] = [await sessions.open(graph.forward), await sessions.open(graph.backward)];
  const kept = carve(room, `kept.${i}`, graph.kept);
  const feeds = { ...side, ...feedsOf(graph, options.weights, parameters), x, dy, ...kept };
  const sink = sinkOf(graph.gradients, room, parameters);
  return {
    forward: () => forward.run(feeds, { [graph.y.name]: y, ...kept }),
    backward: async (gradients) => {
      await backward.run(feeds, { [graph.dx.name]: dx, ...sink.outputs });
      sink.addTo(gradients);
    },
  };
};
