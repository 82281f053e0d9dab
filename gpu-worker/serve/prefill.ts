/** Reads the prompts: one pass over all their tokens, which fills the cache. */
import { forwardLayer } from '../models/graphs.ts';
import { openRooms } from '../runtime/feeds.ts';
import { tensor } from '../runtime/session.ts';
import { rotaryTables } from '../runtime/weights.ts';
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

  const open = (b: number, t: number): Promise<Layer[]> => {
    const positions = BigInt64Array.from({ length: b * t }, (_, i) => BigInt(i % t));
    const side = { ...rotaryTables(model, t), positions: tensor(positions, [b, t]) };
    return openLayers(options, side, (i) => forwardLayer(model, i, seams, { b, t, packed: false }, true));
  };

  return async (prompts, cache) => {
    const b = prompts.length;
    const t = Math.ceil(Math.max(...prompts.map((p) => p.length)) / STEP) * STEP;
    const ids = new Int32Array(b * t);
    for (const [i, prompt] of prompts.entries()) ids.set(prompt, i * t);
    const counts = prompts.map((p) => p.length);
    growTo(cache, t);

    const key = `${b}×${t}`;
    let opening = layersOf.get(key);
    if (!opening) layersOf.set(key, (opening = open(b, t)));
    const layers = await opening;
    const hidden = await runLayers(options, room, cache, { layers, ids, t, counts, feeds: () => ({}) });
    return logits(
      hidden,
      counts.map((n, i) => i * t + n - 1),
    );
  };
};
