/** What an objective says of a step beside what the reference says, by TRL's names. */
import { mean } from '../../shared/sum.ts';
import type { Report } from '../train/objectives/objective.ts';
import type { Cases } from './cases.ts';
import { type Check, check, tolerance } from './check.ts';

/** Pairs are numbered chosen, rejected, chosen, …; references list all chosen rows first. */
const PAIRWISE = new Set(['logps', 'reference_logps', 'average_logps']);
const asListed = (name: string, values: readonly number[], paired: boolean): readonly number[] =>
  paired && PAIRWISE.has(name)
    ? [...values.filter((_, i) => i % 2 === 0), ...values.filter((_, i) => i % 2 === 1)]
    : values;

const NOT_REPORTED = new Set(['loss', 'grad_norm', 'label_count', 'nll_chosen_full_sequence']);

/** A check for everything the reference reports; something that this engine does not is an error. */
export const reportChecks = (
  cases: Cases,
  report: Report,
  expected: Readonly<Record<string, unknown>>,
): Check[] => {
  const paired = 'per_pair_loss' in report || 'log_odds' in report;
  const known: Record<string, readonly number[]> = { ...report };
  if (report['rewards_chosen'])
    known['margin'] = [mean(report['rewards_chosen'].map((x, i) => x - report['rewards_rejected']![i]!))];
  return Object.entries(expected)
    .filter(([name]) => !NOT_REPORTED.has(name))
    .map(([name, value]) => {
      const got = known[name];
      if (!got) throw new TypeError(`the reference reports ${name}, this engine does not`);
      const want = [value].flat() as number[];
      return check(name, asListed(name, got, paired), want, tolerance(cases, 'metrics'));
    });
};
