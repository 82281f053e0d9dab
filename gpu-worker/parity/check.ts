import type { Cases, Tolerance } from './cases.ts';

/** The largest error of one quantity, as a share of what the tolerance allows: up to 1 passes. */
export type Check = { readonly what: string; readonly error: number; readonly share: number };
export type CaseResult = { readonly name: string; readonly checks: readonly Check[] };

const largest = (x: ArrayLike<number>): number => {
  let most = 0;
  for (let i = 0; i < x.length; i++) most = Math.max(most, Math.abs(x[i]!));
  return most;
};

export const check = (
  what: string,
  got: ArrayLike<number>,
  want: ArrayLike<number>,
  { abs, rel }: Tolerance,
): Check => {
  if (got.length !== want.length)
    throw new TypeError(`${what}: ${got.length} values, expected ${want.length}`);
  const error = largest(Array.from({ length: got.length }, (_, i) => got[i]! - want[i]!));
  // what is 0 and is to be 0 is right, whatever the tolerance's form
  const share = error === 0 ? 0 : error / (abs + rel * largest(want));
  return { what, error, share: Number.isNaN(share) ? Infinity : share };
};

export const worst = (checks: readonly Check[], what: string): Check =>
  checks.reduce((most, c) => (c.share > most.share ? { ...c, what } : most), { what, error: 0, share: 0 });

export const tolerance = ({ tolerance: all }: Cases, name: string): Tolerance => {
  const found = all[name];
  if (!found) throw new TypeError(`cases.json has no tolerance for ${name}`);
  return found;
};
