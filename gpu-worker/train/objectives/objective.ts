/** What a step learns from: from the likelihood of its targets to the loss and to each target's share in its gradient.
 *  Pure; the trainer runs the model. */
import type { Batch } from '../batch.ts';

/** One optimizer step as an objective sees it. Rows are numbered as in the shard; of a pair the chosen answer is the even
 *  one and the rejected one follows. */
export type StepFacts = {
  readonly passes: readonly Batch[];
  /** log p of a row's answer by the reference: the base without the method */
  readonly reference: (row: number) => number;
  /** whether an answer is one to give */
  readonly desirable: (row: number) => boolean;
  /** KTO's estimate of how far the policy has moved, nats */
  readonly kl: number;
};

/** What an objective found out, by TRL's names: one number per row or pair. */
export type Report = Readonly<Record<string, readonly number[]>>;
export type Weighed = {
  /** this pass's share of the step's loss */
  readonly loss: number;
  /** ∂loss/∂nll of each target */
  readonly scale: Float32Array;
  readonly report: Report;
};

export type Shares = {
  /** ∂loss/∂nll where it does not depend on the likelihoods: then one pass through the head is enough */
  readonly fixed?: (batch: Batch) => Float32Array;
  weigh(batch: Batch, nll: Float32Array): Weighed;
};

export type Objective = {
  /** rows of the shard that stay together */
  readonly unit: 1 | 2;
  /** wants log p by the reference */
  readonly referenced: boolean;
  /** wants prompts with answers to other prompts (KTO) */
  readonly mismatched: boolean;
  /** rows of which the prompt is learnt, too */
  readonly whole?: (row: number) => boolean;
  shares(step: StepFacts): Shares;
  /** means over a step, for the curve */
  figures(report: Report): Readonly<Record<string, number>>;
};

/** log p of each row's answer in a pass, and its number of tokens, in the order in which rows first occur. */
export type Answer = { readonly row: number; logp: number; count: number };
export const answersOf = ({ targets }: Batch, nll: Float32Array): ReadonlyMap<number, Answer> => {
  const answers = new Map<number, Answer>();
  for (const [i, row] of targets.row.entries()) {
    const answer = answers.get(row) ?? { row, logp: 0, count: 0 };
    answers.set(row, answer);
    if (targets.answer && !targets.answer[i]) continue;
    answer.logp -= nll[i]!;
    answer.count++;
  }
  return answers;
};

export type Pair = { readonly chosen: Answer; readonly rejected: Answer };
/** Answers two by two, in the order of their rows. */
export const pairsOf = (answers: ReadonlyMap<number, Answer>): Pair[] =>
  [...answers.values()]
    .filter(({ row }) => row % 2 === 0)
    .toSorted((a, b) => a.row - b.row)
    .map((chosen) => {
      const rejected = answers.get(chosen.row + 1);
      if (!rejected) throw new TypeError(`row ${chosen.row} has lost its rejected answer`);
      return { chosen, rejected };
    });

/** Pairs of a whole step. */
export const countPairs = ({ passes }: StepFacts): number =>
  passes.reduce((n, { targets }) => n + new Set(targets.row).size, 0) / 2;

/** ∂loss/∂nll of each target from ∂loss/∂log p of its row's answer; prompt tokens take no part. */
export const spread = ({ targets }: Batch, slope: (row: number) => number): Float32Array =>
  Float32Array.from(targets.row, (row, i) => (targets.answer && !targets.answer[i] ? 0 : -slope(row)));

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
/** log σ(x) without overflow */
export const logSigmoid = (x: number): number => Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x)));
