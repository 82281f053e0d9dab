/** Which held-out rows a model is asked, and how many at once. */
import type { HeldOutRow } from './held-out.ts';

/** Prompts between two looks at whether to stop. */
export const ANSWERS_AT_ONCE = 16;

/** n indices spread evenly over 0 … total−1. */
const spread = (total: number, n: number): number[] =>
  n >= total
    ? Array.from({ length: total }, (_, i) => i)
    : Array.from({ length: n }, (_, i) => Math.floor((i * total) / n));

/** Indices of the rows that are answered, shortest prompt first; those whose prompt is longer than `max_length` are not. */
export const askedIndices = (rows: readonly HeldOutRow[], samples: number, max_length: number): number[] => {
  const size = (i: number): number => rows[i]!.promptIds.length;
  const short = rows.flatMap((_, i) => (size(i) <= max_length ? [i] : []));
  return spread(short.length, samples)
    .map((i) => short[i]!)
    .toSorted((a, b) => size(a) - size(b));
};

export const askedRows = (...given: Parameters<typeof askedIndices>): HeldOutRow[] =>
  askedIndices(...given).map((i) => given[0][i]!);
