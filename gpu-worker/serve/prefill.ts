/** Reads the prompts: one pass over all their tokens, which fills the cache. */
import { forwardLayer } from '../models/graphs.ts';
import { feedsOf, lookUp, openRooms } from '../runtime/feeds.ts';
import { tensor } from '../runtime/session.ts';
import { rotaryTables } from '../runtime/weights.ts';
import { advance, type Cache, growTo, put } from './cache.ts';
import type { GeneratorOptions } from './options.ts';
import { type LogitsOf, openLogits } from './logits.ts';

const STEP = 32; // prompt lengths are rounded up to it

/** Logits [V] of the token after each prompt. */
export const openPrefill = (
  options: GeneratorOptions,
): ((prompts: readonly Int32Array[], cache: Cache) => Promise<LogitsOf>) => {
  const { model, weights, sessions, seams, parameters } = options;
  const { hidden_size: c, head_dim: d, num_key_value_heads: kv } = model;
  const room = openRooms();
  const logits = openLogits(options);

  return async (prompts, cache) => {
    const b = prompts.length;
    const t = Math.ceil(Math.max(...prompts.map((p) => p.length)) / STEP) * STEP;
    const ids = new Int32Array(b * t);
    for (const [i, prompt] of prompts.entries()) ids.set(prompt, i * t);
    const lengths = prompts.map((p) => p.length);
    growTo(cache, t);

    const side = {
      ...rotaryTables(model, t),
      positions: tensor(
        BigInt64Array.from({ length: b * t }, (_, i) => BigInt(i % t)),
        [b, t],
      ),
    };
    const ends = [room('even', [b * t, c]), room('odd', [b * t, c])] as const;
    const fresh = { keys: room('keys', [b, kv, t, d]), values: room('values', [b, kv, t, d]) };
    lookUp(weights.data(model.embedding), ids, c, ends[0].data as Float32Array);
    for (let i = 0; i < model.num_hidden_layers; i++) {
      const graph = forwardLayer(model, i, seams, { b, t, packed: false }, true);
      const session = await sessions.open(graph.part);
      const [x, y] = i % 2 === 0 ? ends : [ends[1], ends[0]];
      await session.run(
        { ...side, ...feedsOf(graph, weights, parameters), x },
        { [graph.y.name]: y, [graph.keys!.name]: fresh.keys, [graph.values!.name]: fresh.values },
      );
      const [keys, values] = [fresh.keys.data as Float32Array, fresh.values.data as Float32Array];
      put(cache, i, { keys, values, t }, lengths);
    }
    advance(cache, lengths);
    const last = (model.num_hidden_layers % 2 === 0 ? ends[0] : ends[1]).data as Float32Array;
    return logits(
      last,
      lengths.map((n, i) => i * t + n - 1),
    );
  };
};
