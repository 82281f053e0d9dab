/** The layers of a model run one after another, their keys and values put into a cache: prompts and single tokens alike. */
import type { ForwardGraph } from '../models/graphs.ts';
import type { Value } from '../onnx/graph.ts';
import { openEmbedder, type Places } from '../runtime/embedding.ts';
import { feedsOf, type Rooms } from '../runtime/feeds.ts';
import type { Feeds, Session } from '../runtime/session.ts';
import { advance, type Cache, put } from './cache.ts';
import type { GeneratorOptions } from './options.ts';

export type Layer = {
  readonly session: Session;
  readonly feeds: Feeds;
  readonly y: string;
  readonly keys: string;
  readonly values: string;
};
type CachingGraph = ForwardGraph & {
  readonly y: Value;
  readonly keys: Value | null;
  readonly values: Value | null;
};

/** Opens each layer's graph with its weights, and `side`, fed. */
export const openLayers = async (
  { model, weights, sessions, parameters }: GeneratorOptions,
  side: Feeds,
  graphOf: (layer: number) => CachingGraph,
): Promise<Layer[]> => {
  const layers: Layer[] = [];
  for (let i = 0; i < model.num_hidden_layers; i++) {
    const graph = graphOf(i);
    const session = await sessions.open(graph.part);
    const feeds = { ...side, ...feedsOf(graph, weights, parameters) };
    layers.push({ session, feeds, y: graph.y.name, keys: graph.keys!.name, values: graph.values!.name });
  }
  return layers;
};

type Run = {
  readonly layers: readonly Layer[];
  /** t places for each row of the cache, row-major; only the first `counts[i]` of row i are real */
  readonly places: Places;
  readonly t: number;
  readonly counts: readonly number[];
  /** what else layer i reads */
  readonly feeds: (layer: number) => Feeds;
};

/** Hidden states [b·t, C] before the final norm, a view that the next run overwrites. The cache is advanced. */
export const runLayers = async (
  options: GeneratorOptions,
  room: Rooms,
  cache: Cache,
  { layers, places, t, counts, feeds }: Run,
): Promise<Float32Array> => {
  const { b, kv, d } = cache;
  const c = options.model.hidden_size;
  const ends = [room('even', [b * t, c]), room('odd', [b * t, c])] as const;
  const fresh = { keys: room('keys', [b, kv, t, d]), values: room('values', [b, kv, t, d]) };
  const [keys, values] = [fresh.keys.data as Float32Array, fresh.values.data as Float32Array];
  openEmbedder(options).embed(places, ends[0].data as Float32Array);
  for (const [i, layer] of layers.entries()) {
    const [x, y] = i % 2 === 0 ? ends : [ends[1], ends[0]];
    const outputs = { [layer.y]: y, [layer.keys]: fresh.keys, [layer.values]: fresh.values };
    await layer.session.run({ ...layer.feeds, ...feeds(i), x }, outputs);
    put(cache, i, { keys, values, t }, counts);
  }
  advance(cache, counts);
  return (layers.length % 2 === 0 ? ends[0] : ends[1]).data as Float32Array;
};
