/** Problems by code, with exact counts and the first hundred places; rows by fate, with the sum that must hold. */
import type { DatasetReport, Problem, RowCounts } from '../contracts/dataset.ts';
import { type Fate, isUsed, type RowKind } from '../contracts/row.ts';
import { histogramOf } from '../histogram.ts';
import { kindOf } from './checks/index.ts';
import type { Fault } from './examine.ts';
import { masked } from './privacy/mask.ts';

const PLACES = 100;
const RANK = { error: 0, warning: 1, info: 2 } as const;

type Group = { count: number; readonly fix: string; readonly places: Problem['places'] };
export type Groups = ReadonlyMap<string, Group>;

export const problemTally = () => {
  const groups = new Map<string, Group>();
  const groupOf = (code: string, fix: string): Group => {
    const group = groups.get(code) ?? { count: 0, fix, places: [] };
    groups.set(code, group);
    return group;
  };
  return {
    groups: groups as Groups,
    add(file: string, line: number | null, { code, pointer, excerpt, fix = kindOf(code).fix }: Fault): void {
      const group = groupOf(code, fix);
      group.count += 1;
      if (group.places.length < PLACES) group.places.push({ file, line, pointer, excerpt: masked(excerpt) });
    },
    /** What another tally counted in a part of `file`, `before` lines of which came earlier. */
    merge(more: Groups, file: string, before: number): void {
      for (const [code, { count, fix, places }] of more) {
        const group = groupOf(code, fix);
        group.count += count;
        for (const { line, ...place } of places.slice(0, PLACES - group.places.length))
          group.places.push({ ...place, file, line: line === null ? null : line + before });
      }
    },
    /** Whether any problem so far refuses the dataset. */
    rejects: (): boolean => [...groups.keys()].some((code) => kindOf(code).rejects),
    /** Errors first, then as they were met. */
    problems: (): Problem[] =>
      [...groups]
        .map(([code, { count, fix, places }]) => {
          const { severity, message, fixable } = kindOf(code);
          return { code, severity, count, message, fix, fixable, places };
        })
        .toSorted((a, b) => RANK[a.severity] - RANK[b.severity]),
  };
};

/** The problems that refused the dataset; empty when it is ready. */
export const reasonsOf = ({ problems }: DatasetReport): readonly Problem[] =>
  problems.filter(({ code }) => kindOf(code).rejects);

/** Throws TypeError when a row is unaccounted for. */
export const countRows = (rowsIn: number, rows: Iterable<{ readonly fate: Fate | null }>): RowCounts => {
  const counts = {
    in: rowsIn,
    train: 0,
    held_out: 0,
    dropped: 0,
    duplicate: 0,
    quarantined: 0,
    truncated: 0,
  };
  for (const { fate } of rows) if (fate !== null) counts[fate] += 1;
  const sum = counts.train + counts.held_out + counts.dropped + counts.duplicate + counts.quarantined;
  if (sum !== rowsIn) throw new TypeError(`${rowsIn} rows came in and ${sum} are accounted for`);
  return counts;
};

/** Kinds of the rows that are used. */
export const countKinds = (
  rows: Iterable<{ readonly fate: Fate | null; readonly kind: RowKind | null }>,
): NonNullable<DatasetReport['kinds']> => {
  const counts: Partial<Record<RowKind, number>> = {};
  for (const { fate, kind } of rows) if (kind && isUsed(fate)) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
};

/** Median, largest, sum and bins; zeros for none. */
export const lengths = (characters: Uint32Array): DatasetReport['characters'] => {
  const sorted = characters.toSorted();
  const middle = sorted.length / 2;
  const median = (sorted[Math.ceil(middle) - 1] ?? 0) / 2 + (sorted[Math.floor(middle)] ?? 0) / 2;
  const { step, bins } = histogramOf(sorted);
  const total = sorted.reduce((sum, n) => sum + n, 0);
  return { median, max: sorted.at(-1) ?? 0, total, step, bins: [...bins] };
};
