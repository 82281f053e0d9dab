/** The layers of a model as one thing to run: forward, and backward with what forward kept (DESIGN §6). Only layer inputs
 *  [L+1, M, C] and what `keep` names live between the two; every output is a tensor allocated once and filled in place. */
import type { Seams } from '../nn/scope.ts';
import { forwardLayer, trainingLayer } from '../models/graphs.ts';
import type { Keep } from '../autodiff/partition.ts';
import type { Model } from '../models/model.ts';
import { type Feeds, type Sessions, type Tensor, tensor } from '../runtime/session.ts';
import { feedsOf, lookUp, openRooms, type Rooms } from '../runtime/feeds.ts';
import { rotaryTables, type Weights } from '../runtime/weights.ts';
import type { Batch } from './batch.ts';
import type { Parameters } from '../runtime/parameters.ts';

export type Stack = {
  /** ids → hidden states before the final norm [B·T, C]. `training` keeps what `backward` needs. */
  forward(batch: Batch, training: boolean): Promise<Float32Array>;
  /** dHidden [B·T, C] → gradients of all trained values, written (not added) into `gradients`, flat. */
  backward(batch: Batch, dHidden: Float32Array, gradients: Float32Array): Promise<void>;
};

type Options = {
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
  /** where backward finds dHidden */
  readonly dLast: Float32Array | null;
  readonly sides: Record<'positions' | 'segments', BigInt64Array>;
};

const data = (t: Tensor): Float32Array => t.data as Float32Array;

export const openStack = (options: Options): Stack => {
  const { model, weights } = options;
  const { hidden_size: c, num_hidden_layers: count } = model;
  const room = openRooms();
  const passes = new Map<string, Promise<Pass>>();

  const makePass = async (shape: Batch['shape'], training: boolean): Promise<Pass> => {
    const m = shape.b * shape.t;
    const rows = [m, c];
    const positions = new BigInt64Array(m);
    const segments = new BigInt64Array(m);
    const side: Feeds = {
      ...rotaryTables(model, shape.t),
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
    return {
      layers,
      bound: bound.map(data),
      dLast: dx[0] ? data(dx[0]) : null,
      sides: { positions, segments },
    };
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
      lookUp(weights.data(model.embedding), batch.ids, c, pass.bound[0]!);
      for (const layer of pass.layers) await layer.forward();
      return pass.bound[count]!;
    },
    backward: async (batch, dHidden, gradients) => {
      const pass = await passFor(batch, true);
      pass.dLast!.set(dHidden);
      for (const layer of pass.layers.toReversed()) await layer.backward(gradients);
    },
  };
};

type Ends = { readonly x: Tensor; readonly y: Tensor; readonly dy: Tensor; readonly dx: Tensor };

const plainLayer = async (
  options: Options,
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

const trainedLayer = async (
  options: Options,
  room: Rooms,
  i: number,
  shape: Batch['shape'],
  side: Feeds,
  { x, y, dy, dx }: Ends,
): Promise<Layer> => {
  const { parameters, sessions } = options;
  const graph = trainingLayer(options.model, i, options.seams, shape, options.keep(i));
  const [forward, backward] = [await sessions.open(graph.forward), await sessions.open(graph.backward)];
  const kept = Object.fromEntries(graph.kept.map((v, at) => [v.name, room(`kept.${i}.${at}`, v.shape)]));
  const feeds = { ...side, ...feedsOf(graph, options.weights, options.parameters), x, dy, ...kept };
  const outputs = (gradients: Float32Array) => ({
    [graph.dx.name]: dx,
    ...Object.fromEntries(
      graph.gradients.map(({ of, value }) => [
        value.name,
        tensor(parameters.view(gradients, of.name), of.input.shape),
      ]),
    ),
  });
  const bySink = new Map<Float32Array, Record<string, Tensor>>();
  return {
    forward: () => forward.run(feeds, { [graph.y.name]: y, ...kept }),
    backward: (gradients) => {
      let into = bySink.get(gradients);
      if (!into) bySink.set(gradients, (into = outputs(gradients)));
      return backward.run(feeds, into);
    },
  };
};
