/** One more token for each row of a cache. */
import { decodingLayer } from '../models/graphs.ts';
import { feedsOf, lookUp, openRooms } from '../runtime/feeds.ts';
import { type Feeds, type Session, tensor } from '../runtime/session.ts';
import { rotaryTables } from '../runtime/weights.ts';
import { advance, type Cache, put } from './cache.ts';
import type { GeneratorOptions } from './options.ts';
import { type LogitsOf, openLogits } from './logits.ts';

const NEVER = -1e9;

type Layer = {
  readonly session: Session;
  readonly feeds: Feeds;
  readonly names: readonly [string, string, string];
};

const openLayers = async (options: GeneratorOptions, b: number, s: number): Promise<Layer[]> => {
  const { model, weights, sessions, seams, parameters } = options;
  const side = rotaryTables(model, s);
  const layers: Layer[] = [];
  for (let i = 0; i < model.num_hidden_layers; i++) {
    const graph = decodingLayer(model, i, seams, { b, s, places: s });
    const session = await sessions.open(graph.part);
    const feeds = { ...side, ...feedsOf(graph, weights, parameters) };
    layers.push({ session, feeds, names: [graph.y.name, graph.keys.name, graph.values.name] });
  }
  return layers;
};

/** Takes the last token of each row and gives the logits of the next; its keys and values are added to the cache. */
export const openDecoder = (
  options: GeneratorOptions,
): ((tokens: readonly number[], cache: Cache) => Promise<LogitsOf>) => {
  const { model, weights } = options;
  const { hidden_size: c, head_dim: d, num_key_value_heads: kv } = model;
  const room = openRooms();
  const logits = openLogits(options);
  const layersOf = new Map<string, Promise<Layer[]>>();

  return async (tokens, cache) => {
    const { b, s, lengths } = cache;
    const key = `${b}×${s}`;
    let opening = layersOf.get(key);
    if (!opening) layersOf.set(key, (opening = openLayers(options, b, s)));
    const layers = await opening;

    const seen = Float32Array.from({ length: b * s }, (_, i) =>
      i % s < lengths[Math.floor(i / s)]! ? 0 : NEVER,
    );
    const side = {
      positions: tensor(BigInt64Array.from(lengths, BigInt), [b, 1]),
      open: tensor(seen, [b, s]),
    };
    const ends = [room('even', [b, c]), room('odd', [b, c])] as const;
    const fresh = { keys: room('keys', [b, kv, 1, d]), values: room('values', [b, kv, 1, d]) };
    const one = lengths.map(() => 1);
    lookUp(weights.data(model.embedding), tokens, c, ends[0].data as Float32Array);
    for (const [i, { session, feeds, names }] of layers.entries()) {
      const [x, y] = i % 2 === 0 ? ends : [ends[1], ends[0]];
      const { keys, values } = cache.layers[i]!;
      const past = {
        'cached.keys': tensor(keys, [b, kv, s, d]),
        'cached.values': tensor(values, [b, kv, s, d]),
      };
      await session.run(
        { ...feeds, ...side, ...past, x },
        { [names[0]]: y, [names[1]]: fresh.keys, [names[2]]: fresh.values },
      );
      put(
        cache,
        i,
        { keys: fresh.keys.data as Float32Array, values: fresh.values.data as Float32Array, t: 1 },
        one,
      );
    }
    advance(cache, one);
    const last = (layers.length % 2 === 0 ? ends[0] : ends[1]).data as Float32Array;
    return logits(
      last,
      lengths.map((_, i) => i),
    );
  };
};
