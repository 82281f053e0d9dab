const STEPS = [1, 2, 5, 10] as const;

/** Round numbers from `low` to `high`, about `wanted` of them; both ends lie on or inside them unless they are equal. */
export const ticks = (low: number, high: number, wanted: number): number[] => {
  if (!(high > low)) return [low];
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * STEPS.find((s) => s * power >= rough * (1 - 1e-9))!;
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const values: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++)
    values.push(Number((i * step).toFixed(digits)));
  return values;
};

/** A number as an SVG attribute: short, never `1e-7`. */
export const at = (value: number): string => String(Number(value.toFixed(2)));

/** Of any number of values: spreading them into Math.max would overflow the stack. */
export const rangeOf = (values: readonly number[]): { readonly low: number; readonly high: number } => {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { low, high };
};
