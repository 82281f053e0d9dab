/** Which rows are shown side by side: drawn by lot within better, same and worse, each in its proportion. */
import type { Prediction, Sample } from '../../shared/contracts/report.ts';
import { permutation } from '../../shared/random.ts';
import type { Metric } from './metrics/metric.ts';

const TIE = 1e-9;
const OUTCOMES = ['better', 'same', 'worse', null] as const;
type Outcome = (typeof OUTCOMES)[number];

/** tuned beside base on one row by the metric; null where it does not count the row, or only one arm was run. */
export const outcomeOf = (metric: Metric | null, { arms }: Prediction): Outcome => {
  if (!metric) return null;
  const base = arms.base?.scores[metric.name];
  const tuned = arms.tuned?.scores[metric.name];
  if (base === undefined || tuned === undefined) return null;
  const gain = metric.better === 'higher' ? tuned - base : base - tuned;
  if (Math.abs(gain) <= TIE) return 'same';
  return gain > 0 ? 'better' : 'worse';
};

/** Seats for groups of these sizes by largest remainder; a group that exists gets one while seats last. */
const seatsFor = (sizes: readonly number[], seats: number): number[] => {
  const total = sizes.reduce((a, b) => a + b, 0);
  if (total <= seats) return [...sizes];
  const shares = sizes.map((size) => (size * seats) / total);
  const given = shares.map((share, i) => Math.max(Math.floor(share), sizes[i]! > 0 ? 1 : 0));
  const left = () => seats - given.reduce((a, b) => a + b, 0);
  const nextBy = (want: (i: number) => number, may: (i: number) => boolean): number =>
    shares
      .map((_, i) => i)
      .filter(may)
      .toSorted((a, b) => want(b) - want(a) || a - b)[0]!;
  while (left() > 0)
    given[
      nextBy(
        (i) => shares[i]! - given[i]!,
        (i) => given[i]! < sizes[i]!,
      )
    ]! += 1;
  while (left() < 0)
    given[
      nextBy(
        (i) => given[i]! - shares[i]!,
        (i) => given[i]! > 0,
      )
    ]! -= 1;
  return given;
};

type Choice = {
  readonly metric: Metric | null;
  readonly seed: number;
  readonly seats: number;
};

const hasAnswer = ({ arms }: Prediction): boolean =>
  typeof arms.base?.answer === 'string' || typeof arms.tuned?.answer === 'string';

/** At most `seats` answered rows, in the order of the data. */
export const chooseSamples = (
  predictions: readonly Prediction[],
  { metric, seed, seats }: Choice,
): Sample[] => {
  const rows = predictions.filter(hasAnswer).map((row, at) => ({ row, at, outcome: outcomeOf(metric, row) }));
  const groups = OUTCOMES.map((outcome) => rows.filter((r) => r.outcome === outcome));
  const given = seatsFor(
    groups.map((group) => group.length),
    seats,
  );
  const chosen = groups.flatMap((group, g) =>
    permutation(group.length, seed, `samples ${OUTCOMES[g]}`)
      .slice(0, given[g])
      .map((i) => group[i]!),
  );
  return chosen
    .toSorted((a, b) => a.at - b.at)
    .map(({ row: { line, prompt, reference, arms }, outcome }) => ({
      line,
      prompt,
      reference,
      base: arms.base?.answer ?? null,
      tuned: arms.tuned?.answer ?? null,
      outcome,
    }));
};
