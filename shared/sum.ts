/** Plain sums in the order of the values; of none the sum is 0. */
export const sum = (values: Iterable<number>): number => {
  let total = 0;
  for (const value of values) total += value;
  return total;
};

export const mean = (values: readonly number[]): number => sum(values) / values.length;
