/** Reads the prompts: one pass over all their tokens, which fills the cache. */
import { forwardLayer, placesOf } from '../models/graphs.ts';
import { isBeyond } from '../models/rope.ts';
import { openRooms } from '../runtime/feeds.ts';
import { tensor } from '../runtime/session.ts';
import { rotaryTables } from '../runtime/weights.ts';
import { layOf } from '../train/batch.ts';
import { type Cache, growTo } from './cache.ts';
import { type Layer, openLayers, runLayers } from './layers.ts';
import { type LogitsOf, openLogits } from './logits.ts';
import type { GeneratorOptions } from './options.ts';

const STEP = 32; // prompt lengths are rounded up to it

/** Logits [V] of the token after each prompt. */
export const openPrefill = (
  options: GeneratorOptions,
): ((prompts: readonly Int32Array[], cache: Cache) => Promise<LogitsOf>) => {
  const { model, seams } = options;
  const room = openRooms();
  const logits = openLogits(options);
  const layersOf = new Map<string, Promise<Layer[]>>();
  const { virtual, offset } = layOf(seams);
  const learned = Int32Array.from({ length: virtual }, (_, i) => -1 - i);
  const positionsOf = (b: number, t: number) =>
    BigInt64Array.from({ length: b * t }, (_, i) => BigInt(offset + (i % t)));

  const open = (b: number, t: number, reached: number): Promise<Layer[]> => {
    const shape = { b, t, packed: false };
    const side = {
      ...rotaryTables(model, placesOf(shape, seams), reached),
      positions: tensor(positionsOf(b, t), [b, t]),
    };
    return openLayers(options, side, (i) => forwardLayer(model, i, seams, shape, true));
  };

  return async (texts, cache) => {
    const prompts = texts.map((text) => Int32Array.of(...learned, ...text));
    const b = prompts.length;
    const longest = Math.max(...prompts.map((p) => p.length));
    const t = Math.ceil(longest / STEP) * STEP;
    const ids = new Int32Array(b * t);
    for (const [i, prompt] of prompts.entries()) ids.set(prompt, i * t);
    const counts = prompts.map((p) => p.length);
    growTo(cache, t);

    const reached = offset + longest;
    const key = `${b}×${t} ${isBeyond(model.ropes, reached)}`;
    let opening = layersOf.get(key);
    if (!opening) layersOf.set(key, (opening = open(b, t, reached)));
    const layers = await opening;
    const hidden = await runLayers(options, room, cache, {
      layers,
      places: { ids, positions: positionsOf(b, t) },
      t,
      counts,
      feeds: () => ({}),
    });
    return logits(
      hidden,
      counts.map((n, i) => i * t + n - 1),
    );
  };
};
