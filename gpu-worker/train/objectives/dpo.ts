/** DPO, https://arxiv.org/abs/2305.18290, with Δ = (log p − reference)(chosen) − (log p − reference)(rejected):
 *  loss = −(1 − ε)·log σ(βΔ) − ε·log σ(−βΔ), ε the label smoothing (cDPO).
 *  IPO, https://arxiv.org/abs/2310.12036, as TRL has it: both differences by the answer's length, loss = (Δ − 1/2β)². */
import type { ResolvedObjective } from '../../../shared/contracts/objective.ts';
import { mean } from '../../../shared/sum.ts';
import {
  countPairs,
  answersOf,
  logSigmoid,
  type Objective,
  type Pair,
  pairsOf,
  type Report,
  sigmoid,
  spread,
} from './objective.ts';

type Options = Extract<ResolvedObjective, { type: 'dpo' }>;
type Term = { readonly loss: number; /** ∂loss/∂Δ */ readonly slope: number };

const sigmoidTerm = (delta: number, { beta, label_smoothing: e }: Options): Term => ({
  loss: -(1 - e) * logSigmoid(beta * delta) - e * logSigmoid(-beta * delta),
  slope: -(1 - e) * beta * sigmoid(-beta * delta) + e * beta * sigmoid(beta * delta),
});
const ipoTerm = (delta: number, { beta }: Options): Term => {
  const off = delta - 1 / (2 * beta);
  return { loss: off * off, slope: 2 * off };
};

export const rewardFigures = (report: Report): Record<string, number> => {
  const [chosen, rejected] = [report['rewards_chosen']!, report['rewards_rejected']!];
  const margins = chosen.map((x, i) => x - rejected[i]!);
  return {
    margin: mean(margins),
    accuracy: mean(margins.map((m) => (m > 0 ? 1 : m === 0 ? 0.5 : 0))),
    rewards_chosen: mean(chosen),
    rewards_rejected: mean(rejected),
  };
};

export const dpo = (options: Options): Objective => ({
  unit: 2,
  referenced: true,
  mismatched: false,
  shares: (step) => {
    const share = 1 / countPairs(step);
    const perToken = options.loss_type === 'ipo';
    const ratio = ({ row, logp }: Pair['chosen']) => logp - step.reference(row);
    return {
      weigh: (batch, nll) => {
        const pairs = pairsOf(answersOf(batch, nll));
        const slopes = new Map<number, number>();
        const terms = pairs.map(({ chosen, rejected }) => {
          const length = (answer: Pair['chosen']) => (perToken ? answer.count : 1);
          const delta = ratio(chosen) / length(chosen) - ratio(rejected) / length(rejected);
          const term = perToken ? ipoTerm(delta, options) : sigmoidTerm(delta, options);
          slopes.set(chosen.row, (share * term.slope) / length(chosen));
          slopes.set(rejected.row, (-share * term.slope) / length(rejected));
          return term;
        });
        const both = pairs.flatMap(({ chosen, rejected }) => [chosen, rejected]);
        const rewards = (side: keyof Pair) => pairs.map((pair) => options.beta * ratio(pair[side]));
        return {
          loss: share * terms.reduce((sum, { loss }) => sum + loss, 0),
          scale: spread(batch, (row) => slopes.get(row)!),
          report: {
            logps: both.map(({ logp }) => logp),
            reference_logps: both.map(({ row }) => step.reference(row)),
            rewards_chosen: rewards('chosen'),
            rewards_rejected: rewards('rejected'),
            per_pair_loss: terms.map(({ loss }) => loss),
          },
        };
      },
    };
  },
  figures: rewardFigures,
});
