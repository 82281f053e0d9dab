/** One more token for each row of a cache. */
import { decodingLayer } from '../models/graphs.ts';
import { openRooms } from '../runtime/feeds.ts';
import { tensor } from '../runtime/session.ts';
import { rotaryTables } from '../runtime/weights.ts';
import type { Cache } from './cache.ts';
import { type Layer, openLayers, runLayers } from './layers.ts';
import { type LogitsOf, openLogits } from './logits.ts';
import type { GeneratorOptions } from './options.ts';

const NEVER = -1e9;

/** Takes the last token of each row and gives the logits of the next; its keys and values are added to the cache. */
export const openDecoder = (
  options: GeneratorOptions,
): ((tokens: readonly number[], cache: Cache) => Promise<LogitsOf>) => {
  const { model, seams } = options;
  const room = openRooms();
  const logits = openLogits(options);
  const layersOf = new Map<string, Promise<Layer[]>>();

  const open = (b: number, s: number): Promise<Layer[]> =>
    openLayers(options, rotaryTables(model, s), (i) => decodingLayer(model, i, seams, { b, s, places: s }));

  return async (tokens, cache) => {
    const { b, kv, d, s, lengths } = cache;
    const key = `${b}×${s}`;
    let opening = layersOf.get(key);
    if (!opening) layersOf.set(key, (opening = open(b, s)));
    const layers = await opening;

    const seen = Float32Array.from({ length: b * s }, (_, i) =>
      i % s < lengths[Math.floor(i / s)]! ? 0 : NEVER,
    );
    const side = {
      positions: tensor(BigInt64Array.from(lengths, BigInt), [b, 1]),
      open: tensor(seen, [b, s]),
    };
    const feeds = (i: number) => {
      const { keys, values } = cache.layers[i]!;
      const shape = [b, kv, s, d];
      return { ...side, 'cached.keys': tensor(keys, shape), 'cached.values': tensor(values, shape) };
    };
    const counts = lengths.map(() => 1);
    const hidden = await runLayers(options, room, cache, { layers, ids: tokens, t: 1, counts, feeds });
    return logits(
      hidden,
      lengths.map((_, i) => i),
    );
  };
};
