/** One more token for each row of a cache. */
import { decodingLayer } from '../models/graphs.ts';
import { isBeyond } from '../models/rope.ts';
import { openRooms } from '../runtime/feeds.ts';
import { type Tensor, tensor } from '../runtime/session.ts';
import { rotaryTables } from '../runtime/weights.ts';
import { layOf } from '../train/batch.ts';
import type { Cache } from './cache.ts';
import { type Layer, openLayers, runLayers } from './layers.ts';
import { type LogitsOf, openLogits } from './logits.ts';
import type { GeneratorOptions } from './options.ts';

const NEVER = -1e9;

/** Which places of a prefix of n and of the cache the next token of each row sees [b, n + s], by how far a layer looks back. */
const seenBy = ({ b, s, lengths }: Cache, n: number) => {
  const known = new Map<number | null, Tensor>();
  return (window: number | null): Tensor => {
    const before = known.get(window);
    if (before) return before;
    const wide = n + s;
    const open = Float32Array.from({ length: b * wide }, (_, i) => {
      const [place, next] = [i % wide, n + lengths[Math.floor(i / wide)]!];
      return place < next && (window === null || next - place < window) ? 0 : NEVER;
    });
    const made = tensor(open, [b, wide]);
    known.set(window, made);
    return made;
  };
};

/** Takes the last token of each row and gives the logits of the next; its keys and values are added to the cache. */
export const openDecoder = (
  options: GeneratorOptions,
): ((tokens: readonly number[], cache: Cache) => Promise<LogitsOf>) => {
  const { model, seams } = options;
  const { offset } = layOf(seams);
  const room = openRooms();
  const logits = openLogits(options);
  const layersOf = new Map<string, Promise<Layer[]>>();

  const open = (b: number, s: number, reached: number): Promise<Layer[]> =>
    openLayers(options, rotaryTables(model, s + offset, reached), (i) =>
      decodingLayer(model, i, seams, { b, s, places: s + offset }),
    );

  return async (tokens, cache) => {
    const { b, kv, d, s, lengths } = cache;
    const reached = offset + Math.max(...lengths) + 1;
    const key = `${b}×${s} ${isBeyond(model.ropes, reached)}`;
    let opening = layersOf.get(key);
    if (!opening) layersOf.set(key, (opening = open(b, s, reached)));
    const layers = await opening;

    const at = BigInt64Array.from(lengths, (n) => BigInt(n + offset));
    const positions = tensor(at, [b, 1]);
    const seen = seenBy(cache, offset);
    const feeds = (i: number) => {
      const { keys, values } = cache.layers[i]!;
      const shape = [b, kv, s, d];
      const cached = { 'cached.keys': tensor(keys, shape), 'cached.values': tensor(values, shape) };
      return { ...cached, positions, open: seen(model.window(i)) };
    };
    const counts = lengths.map(() => 1);
    const hidden = await runLayers(options, room, cache, {
      layers,
      places: { ids: tokens, positions: at },
      t: 1,
      counts,
      feeds,
    });
    return logits(
      hidden,
      lengths.map((_, i) => i),
    );
  };
};
