import { headLogits } from '../models/graphs.ts';
import { feedsOf, openRooms } from '../runtime/feeds.ts';
import type { GeneratorOptions } from './options.ts';

/** Logits [V] of the i-th place asked for: a view that the next call overwrites. */
export type LogitsOf = (i: number) => Float32Array;

/** Logits at some places of hidden states [M, C]. */
export const openLogits = ({
  model,
  weights,
  sessions,
  seams,
  parameters,
}: GeneratorOptions): ((hidden: Float32Array, places: readonly number[]) => Promise<LogitsOf>) => {
  const { hidden_size: c, vocab_size: v } = model;
  const room = openRooms();
  const heads = new Map<number, ReturnType<typeof open>>();
  const open = async (n: number) => {
    const graph = headLogits(model, n, seams);
    const session = await sessions.open(graph.part);
    return { session, feeds: feedsOf(graph, weights, parameters), output: graph.logits.name };
  };
  return async (hidden, places) => {
    let opening = heads.get(places.length);
    if (!opening) heads.set(places.length, (opening = open(places.length)));
    const { session, feeds, output } = await opening;
    const [rows, logits] = [room('rows', [places.length, c]), room('logits', [places.length, v])];
    const [into, out] = [rows.data as Float32Array, logits.data as Float32Array];
    for (const [i, place] of places.entries()) into.set(hidden.subarray(place * c, (place + 1) * c), i * c);
    await session.run({ ...feeds, rows }, { [output]: logits });
    return (i) => out.subarray(i * v, (i + 1) * v);
  };
};
