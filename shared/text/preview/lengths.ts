/** How long the rows of a dataset are in tokens, and what a max_length does to them. */
import type { PreviewLengths } from '../../contracts/preview.ts';
import { histogramOf, quantile } from '../../histogram.ts';
import { cutSides, type Side } from '../examples.ts';

const SHARES = [0.5, 0.9, 0.95, 0.99, 1];

const learntIn = (rows: readonly { readonly weights: Float32Array }[]): number =>
  rows.reduce((sum, { weights }) => sum + weights.subarray(1).reduce((n, w) => n + (w > 0 ? 1 : 0), 0), 0);

export const lengthTally = (maxLength: number) => {
  const lengths: number[] = [];
  let [total, learnt, lost, cut, empty] = [0, 0, 0, 0, 0];
  return {
    add(sides: readonly Side[]): void {
      lengths.push(sides.reduce((longest, { ids }) => Math.max(longest, ids.length), 0));
      const { rows, truncated } = cutSides(sides, maxLength);
      const all = learntIn(sides);
      total += sides.reduce((sum, { ids }) => sum + ids.length, 0);
      learnt += all;
      lost += all - learntIn(rows);
      cut += truncated ? 1 : 0;
      empty += rows.length === 0 ? 1 : 0;
    },
    result(): PreviewLengths {
      const sorted = Int32Array.from(lengths).toSorted();
      const { step, bins } = histogramOf(sorted);
      const middle = sorted.length / 2;
      return {
        rows: sorted.length,
        median: ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2,
        max: sorted.at(-1) ?? 0,
        total,
        learnt,
        step,
        bins: [...bins],
        cut,
        empty,
        lost,
        whole: SHARES.map((share) => ({ share, max_length: quantile(sorted, share) })),
      };
    },
  };
};
