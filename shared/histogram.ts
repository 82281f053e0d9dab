/** Whole numbers in bins of one round width. */

const WANTED = 14; // bins up to where nearly all values end
const NEARLY_ALL = 0.97;
const ROUND = [1, 2, 5, 10];

export type Histogram = {
  /** bins[i] counts values from i·step + 1 to (i + 1)·step; the first one 0 as well, the last one all larger values */
  readonly step: number;
  readonly bins: readonly number[];
};

/** The value that this share of the sorted values does not exceed; 0 for none. */
export const quantile = (sorted: ArrayLike<number>, share: number): number =>
  sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;

/** Of sorted values. A few very large ones do not squeeze the rest into one bin: they are counted in the last. */
export const histogramOf = (sorted: ArrayLike<number>): Histogram => {
  if (sorted.length === 0) return { step: 1, bins: [] };
  const rough = Math.max(1, quantile(sorted, NEARLY_ALL) / WANTED);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.round(power * ROUND.find((x) => x * power >= rough)!);
  const largest = sorted[sorted.length - 1]!;
  const length = Math.max(1, Math.min(WANTED + 2, Math.ceil(largest / step)));
  const bins = Array.from({ length }, () => 0);
  for (let i = 0; i < sorted.length; i++) {
    const bin = Math.max(0, Math.ceil(sorted[i]! / step) - 1);
    bins[Math.min(bins.length - 1, bin)]! += 1;
  }
  return { step, bins };
};

/** `21–40`, and of the last bin `over 280` where it holds all larger values too. */
export const binName = ({ step, bins, max }: Histogram & { readonly max: number }, i: number): string => {
  const [from, to] = [i * step + 1, (i + 1) * step].map((n) => n.toLocaleString('en-US'));
  return i === bins.length - 1 && max > (i + 1) * step
    ? `over ${(i * step).toLocaleString('en-US')}`
    : `${from}–${to}`;
};
