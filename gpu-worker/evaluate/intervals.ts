/** 95 % intervals and tests over held-out rows. Everything drawn is seeded: the same rows give the same figures. */
import type { Gain, Measured } from '../../shared/contracts/report.ts';
import { uniformAt } from '../../shared/random.ts';

const Z = 1.959963984540054; // Φ⁻¹(0.975)
const RESAMPLES = 2000;
const FLIPS = 10_000;
const EXACT_UP_TO = 12; // 2¹² sign patterns are fewer than FLIPS
const SEED = 0;

type Interval = { readonly low: number; readonly high: number };

const sum = (values: ArrayLike<number>): number => {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
};
const mean = (values: readonly number[]): number => sum(values) / values.length;
const areBinary = (values: readonly number[]): boolean => values.every((v) => v === 0 || v === 1);

/** Wilson's score interval of k in n, https://doi.org/10.1080/01621459.1927.10502953 */
export const wilson = (k: number, n: number): Interval => {
  const p = k / n;
  const z2 = (Z * Z) / n;
  const centre = (p + z2 / 2) / (1 + z2);
  const half = (Z / (1 + z2)) * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n));
  return { low: k === 0 ? 0 : centre - half, high: k === n ? 1 : centre + half };
};

const quantile = (sorted: Float64Array, q: number): number => {
  const at = (sorted.length - 1) * q;
  const below = Math.floor(at);
  const low = sorted[below]!;
  return low + ((sorted[below + 1] ?? low) - low) * (at - below);
};

/** Percentile interval of the mean over resampled rows. One row has no spread: the interval is the value. */
const bootstrap = (values: readonly number[]): Interval => {
  const n = values.length;
  const uniform = uniformAt(SEED, 'bootstrap');
  const means = new Float64Array(RESAMPLES);
  for (let r = 0; r < RESAMPLES; r++) {
    let total = 0;
    for (let i = 0; i < n; i++) total += values[Math.floor(uniform(r * n + i) * n)]!;
    means[r] = total / n;
  }
  means.sort();
  return { low: quantile(means, 0.025), high: quantile(means, 0.975) };
};

/** Mean of one row's value or more, with Wilson's interval where all are 0 or 1, a bootstrap interval otherwise. */
export const measured = (values: readonly number[]): Measured => {
  if (values.length === 0) throw new TypeError('measured() needs at least one value');
  const n = values.length;
  const interval = areBinary(values) ? wilson(sum(values), n) : bootstrap(values);
  return { value: mean(values), ...interval, n };
};

/** Of n pairs: right both times, only before, only after. */
type Pairs = { readonly both: number; readonly before: number; readonly after: number; readonly n: number };

/** Newcombe's square-and-add interval of after − before (method 10, doi 10.1002/(SICI)1097-0258(19981130)17:22<2635).
 *  Unlike a bootstrap it has a width where every row changed alike. */
export const newcombe = ({ both, before, after, n }: Pairs): Interval => {
  const k1 = both + before;
  const k2 = both + after;
  const [p1, p2] = [k1 / n, k2 / n];
  const [w1, w2] = [wilson(k1, n), wilson(k2, n)];
  const cross = both * (n - both - before - after) - before * after;
  const corrected = cross > 0 ? Math.max(cross - n / 2, 0) : cross;
  const margins = Math.sqrt(k1 * (n - k1) * k2 * (n - k2));
  const phi = margins === 0 ? 0 : corrected / margins;
  const reach = (x: number, y: number): number => Math.sqrt(Math.max(0, x * x - 2 * phi * x * y + y * y));
  return {
    low: p2 - p1 - reach(p2 - w2.low, w1.high - p1),
    high: p2 - p1 + reach(w2.high - p2, p1 - w1.low),
  };
};

/** McNemar's exact test: two-sided p of `fewer` or fewer heads in `discordant` throws of a fair coin. */
export const mcnemar = (before: number, after: number): number => {
  const discordant = before + after;
  let logTerm = -discordant * Math.LN2; // ln C(n, 0)·2⁻ⁿ
  let tail = 0;
  for (let k = 0; k <= Math.min(before, after); k++) {
    tail += Math.exp(logTerm);
    logTerm += Math.log((discordant - k) / (k + 1));
  }
  return Math.min(1, 2 * tail);
};

/** Two-sided p of a mean difference this large if each row's sign were a coin's: all 2ⁿ patterns up to 12 rows. */
export const signFlip = (differences: readonly number[]): number => {
  const n = differences.length;
  const extreme = Math.abs(sum(differences)) - 1e-12 * sum(differences.map(Math.abs)); // ties in spite of rounding
  const exact = n <= EXACT_UP_TO;
  const rounds = exact ? 2 ** n : FLIPS;
  const uniform = uniformAt(SEED, 'sign flips');
  const isFlipped = exact
    ? (round: number, i: number) => ((round >>> i) & 1) === 1
    : (round: number, i: number) => uniform(round * n + i) < 0.5;
  let hits = 0;
  for (let round = 0; round < rounds; round++) {
    let total = 0;
    for (let i = 0; i < n; i++) total += isFlipped(round, i) ? -differences[i]! : differences[i]!;
    if (Math.abs(total) >= extreme) hits += 1;
  }
  return exact ? hits / rounds : (hits + 1) / (rounds + 1); // the observed pattern is one of the draws
};

/** tuned − base over the same rows (`base[i]` and `tuned[i]` are one row). 0/1 values: Newcombe's interval and McNemar's
 *  exact p; others: percentile bootstrap over rows and a sign-flip test. */
export const pairedGain = (metric: string, base: readonly number[], tuned: readonly number[]): Gain => {
  const n = base.length;
  if (n === 0 || n !== tuned.length)
    throw new TypeError(`pairedGain(${metric}) needs pairs: ${n}, ${tuned.length}`);
  const differences = tuned.map((value, i) => value - base[i]!);
  if (!areBinary(base) || !areBinary(tuned))
    return { metric, delta: mean(differences), ...bootstrap(differences), p: signFlip(differences) };
  const before = differences.filter((d) => d < 0).length;
  const after = differences.filter((d) => d > 0).length;
  const both = sum(base) - before;
  return {
    metric,
    delta: mean(differences),
    ...newcombe({ both, before, after, n }),
    p: mcnemar(before, after),
  };
};
