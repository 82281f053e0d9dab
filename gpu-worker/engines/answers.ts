/** How long the answers of an evaluation will be, before anybody has given one. Pure. */
import type { Range, Work } from '../../shared/contracts/estimate.ts';
import { mean, sum } from '../../shared/sum.ts';

/** Tokens of the reference answers, each with the one that ends it, of those that are generated together. */
export type Group = readonly number[];

/** The base's own answers to the first group: tokens of each with its end, or null where it went on after `rounds`. */
export type Trial = { readonly rounds: number; readonly lengths: readonly (number | null)[] };

type Answers = Pick<Work, 'rounds' | 'reasons'>;

/** Rounds until the last of k answers has ended, of which each ends at each token with the probability h; `most` at most.
 *  Σₙ 1 − (1 − (1 − h)ⁿ)ᵏ for n < most. */
export const untilLast = (k: number, h: number, most: number): number =>
  sum(Array.from({ length: most }, (_, n) => 1 - (1 - (1 - h) ** n) ** k));

/** Long enough that something can be said of where answers end, no longer than references make a pass. */
const LEAST = 32;
export const trialRounds = (group: Group, most: number): number => Math.min(most, Math.max(LEAST, ...group));

/** Of a group of `size` answers: what was seen in the trial, and on from there by how often an answer ended. */
const afterTrial = ({ rounds, lengths }: Trial, size: number, most: number) => {
  const ended = lengths.filter((length) => length !== null);
  const going = (size * (lengths.length - ended.length)) / lengths.length;
  const seen = going > 0 ? rounds : Math.max(...ended);
  const rate = ended.length / sum(lengths.map((length) => length ?? rounds));
  return { low: seen, likely: going > 0 ? seen + untilLast(going, rate, most - rounds) : seen };
};

const baseRounds = (groups: readonly Group[], most: number, trial: Trial | null): Range => {
  const limit = groups.length * most;
  // Measured with SmolLM2 135M: in each of six groups somebody went on to the limit.
  if (!trial) return { low: sum(groups.map(mean)), likely: limit, high: limit };
  const after = groups.map(({ length }) => afterTrial(trial, length, most));
  return {
    low: sum(after.map(({ low }) => low)),
    likely: sum(after.map(({ likely }) => likely)),
    high: limit,
  };
};

const saidOfBase = (most: number, trial: Trial | null): string => {
  if (!trial) return `taken to go on to the limit of ${most} tokens, as small bases do: --probe tries some`;
  const { rounds, lengths } = trial;
  const ended = lengths.filter((length) => length !== null);
  if (ended.length === lengths.length)
    return `all ${lengths.length} that were tried ended within ${Math.max(...ended)} tokens`;
  return `of ${lengths.length} that were tried ${ended.length} ended within ${rounds} tokens, the limit is ${most}`;
};

/** Rounds of decoding of both arms: a tuned model answers as long as the references are, the base as in its trial. */
export const expectAnswers = (references: readonly Group[], most: number, trial: Trial | null): Answers => {
  const groups = references.map((group) => group.map((length) => Math.min(most, length)));
  if (groups.length === 0) {
    const none = { low: 0, likely: 0, high: 0 };
    return { rounds: { base: none, tuned: none }, reasons: [] };
  }
  const longest = groups.map((group) => Math.max(...group));
  const tuned = { low: sum(groups.map(mean)), likely: sum(longest), high: groups.length * most };
  return {
    rounds: { base: baseRounds(groups, most, trial), tuned },
    reasons: [
      `answers before training: ${saidOfBase(most, trial)}`,
      `answers after training: as long as the references, ${Math.round(mean(groups.flat()))} tokens on average, ${Math.max(...longest)} the longest`,
    ],
  };
};
