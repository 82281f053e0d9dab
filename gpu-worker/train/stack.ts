/** The layers of a model as one thing to run: forward, and backward with what forward kept (DESIGN §6). Only layer inputs
 *  [L+1, M, C] and what `keep` names live between the two; every output is a tensor allocated once and filled in place. */
import type { Seams } from '../nn/seams.ts';
import type { Value } from '../onnx/graph.ts';
import { size } from '../onnx/shape.ts';
import { forwardLayer, type GradientOf, placesOf, trainingLayer } from '../models/graphs.ts';
import { type LayerForm, layerForms } from '../models/forms.ts';
import type { Keep } from '../autodiff/partition.ts';
import type { Model } from '../models/model.ts';
import { isBeyond } from '../models/rope.ts';
import { openEmbedder } from '../runtime/embedding.ts';
import { type Feeds, type Sessions, type Tensor, tensor } from '../runtime/session.ts';
import { feedsOf, openRooms, type Rooms } from '../runtime/feeds.ts';
import { rotaryTables, type Weights } from '../runtime/weights.ts';
import { type Batch, reachOf } from './batch.ts';
import { addTo, type Parameters } from '../runtime/parameters.ts';

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
  /** tokens of the largest pass that is to come, where it is known: rooms are made for it */
  readonly largest?: () => number;
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
  readonly sides: Record<'positions' | 'until', BigInt64Array>;
};

const data = (t: Tensor): Float32Array => t.data as Float32Array;

/** What tells each token's place, rewritten for every batch of this shape, and the tables that it is looked up in. */
const sidesOf = (batch: Batch, { model, seams }: StackOptions): { sides: Pass['sides']; feeds: Feeds } => {
  const { b, t } = batch.shape;
  const sides = { positions: new BigInt64Array(b * t), until: new BigInt64Array(b * t) };
  const feeds = {
    ...rotaryTables(model, placesOf(batch.shape, seams), reachOf(batch)),
    positions: tensor(sides.positions, [b, t]),
    until: tensor(sides.until, [b, t]),
  };
  return { sides, feeds };
};

export const openStack = (options: StackOptions): Stack => {
  const { model, seams, weights, parameters } = options;
  const { hidden_size: c, num_hidden_layers: count } = model;
  const rooms = openRooms();
  const embedder = openEmbedder(options);
  const passes = new Map<string, Promise<Pass>>();

  const makePass = async (batch: Batch, training: boolean): Promise<Pass> => {
    const { shape } = batch;
    const m = shape.b * shape.t;
    const rows = [m, c];
    const times = training ? Math.max(1, (options.largest?.() ?? 0) / m) : 1;
    const room: Rooms = (name, given) => rooms(name, given, times);
    const { sides, feeds: side } = sidesOf(batch, options);
    const bound = Array.from({ length: count + 1 }, (_, i) =>
      room(training ? `bound.${i}` : `bound.${i % 2}`, rows),
    );
    const dx = training ? [room('dx.0', rows), room('dx.1', rows)] : [];
    const sessions = training ? trainingSessions(options, shape) : plainSessions(options, shape);
    const layers: Layer[] = [];
    for (const [i, form] of layerForms(model, seams, training).entries()) {
      const io = { x: bound[i]!, y: bound[i + 1]!, dy: dx[(count - 1 - i) % 2]!, dx: dx[(count - i) % 2]! };
      const at = {
        i,
        room,
        sinks: rooms,
        io,
        feeds: { ...side, ...feedsOf(form, weights, parameters), x: io.x },
      };
      layers.push(await sessions(form, at));
    }
    const [dLast = null, dFirst = null] = [dx[0], dx[count % 2]].map((t) => (t ? data(t) : null));
    return { layers, bound: bound.map(data), dLast, dFirst, sides };
  };
  const passFor = (batch: Batch, training: boolean): Promise<Pass> => {
    const { b, t, packed } = batch.shape;
    const key = `${b}×${t} ${packed} ${training} ${isBeyond(model.ropes, reachOf(batch))}`;
    let pass = passes.get(key);
    if (!pass) passes.set(key, (pass = makePass(batch, training)));
    return pass;
  };

  return {
    forward: async (batch, training) => {
      const pass = await passFor(batch, training);
      pass.sides.positions.set(batch.positions);
      if (batch.until) pass.sides.until.set(batch.until);
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

/** One layer of a pass: its place, its activations, and everything else it is fed. */
type Place = {
  readonly i: number;
  /** for what grows with the pass, and for what does not */
  readonly room: Rooms;
  readonly sinks: Rooms;
  readonly io: Ends;
  readonly feeds: Feeds;
};

/** `make` once for each key: building a graph takes as long as running it. */
const once = <T>(make: (i: number) => Promise<T>) => {
  const known = new Map<string, Promise<T>>();
  return (key: string, i: number): Promise<T> => {
    let made = known.get(key);
    if (!made) known.set(key, (made = make(i)));
    return made;
  };
};

const plainSessions = ({ model, seams, sessions }: StackOptions, shape: Batch['shape']) => {
  const open = once(async (i) => {
    const graph = forwardLayer(model, i, seams, shape, false);
    return { graph, session: await sessions.open(graph.part) };
  });
  return async ({ kind }: LayerForm, { i, io, feeds }: Place): Promise<Layer> => {
    const { graph, session } = await open(kind, i);
    return {
      forward: () => session.run(feeds, { [graph.y.name]: io.y }),
      backward: () => Promise.reject(new TypeError()),
    };
  };
};

/** Room for one layer's gradients, shared by all layers that are alike, and a way to add them to the flat array. */
const sinkOf = (
  gradients: readonly GradientOf[],
  { trained }: LayerForm,
  room: Rooms,
  parameters: Parameters,
) => {
  const names = new Map(trained.map(({ input, name }) => [input.name, name]));
  const sinks = gradients.map(({ of, value }) => ({
    name: names.get(of.input.name)!,
    output: value.name,
    tensor: room(`gradient.${of.input.name}`, value.shape),
  }));
  return {
    outputs: Object.fromEntries(sinks.map((sink) => [sink.output, sink.tensor])),
    addTo: (flat: Float32Array) => {
      for (const sink of sinks) addTo(parameters, flat, sink.name, data(sink.tensor));
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

const trainingSessions = (
  { model, seams, sessions, parameters, keep }: StackOptions,
  shape: Batch['shape'],
) => {
  const open = once(async (i) => {
    const graph = trainingLayer(model, i, seams, shape, keep(i));
    return {
      graph,
      forward: await sessions.open(graph.forward),
      backward: await sessions.open(graph.backward),
    };
  });
  return async (form: LayerForm, { i, room, sinks, io, feeds }: Place): Promise<Layer> => {
    const { graph, forward, backward } = await open(`${keep(i)} ${form.kind}`, i);
    const kept = carve(room, `kept.${i}`, graph.kept);
    const all = { ...feeds, dy: io.dy, ...kept };
    const sink = sinkOf(graph.gradients, form, sinks, parameters);
    return {
      forward: () => forward.run(all, { [graph.y.name]: io.y, ...kept }),
      backward: async (gradients) => {
        await backward.run(all, { [graph.dx.name]: io.dx, ...sink.outputs });
        sink.addTo(gradients);
      },
    };
  };
};
