/** SimPO, https://arxiv.org/abs/2405.14734: a = mean log p of an answer, loss = −log σ(β·(a_c − a_r) − γ). */
import type { ResolvedObjective } from '../../../shared/contracts/objective.ts';
import { rewardFigures } from './dpo.ts';
import { answersOf, countPairs, logSigmoid, type Objective, pairsOf, sigmoid, spread } from './objective.ts';

type Options = Extract<ResolvedObjective, { type: 'simpo' }>;

export const simpo = ({ beta, gamma }: Options): Objective => ({
  unit: 2,
  referenced: false,
  mismatched: false,
  shares: (step) => {
    const share = 1 / countPairs(step);
    return {
      weigh: (batch, nll) => {
        const pairs = pairsOf(answersOf(batch, nll)).map(({ chosen, rejected }) => ({
          chosen: { ...chosen, average: chosen.logp / chosen.count },
          rejected: { ...rejected, average: rejected.logp / rejected.count },
        }));
        const slopes = new Map<number, number>();
        const losses = pairs.map(({ chosen, rejected }) => {
          const z = beta * (chosen.average - rejected.average) - gamma;
          const slope = -share * beta * sigmoid(-z);
          slopes.set(chosen.row, slope / chosen.count);
          slopes.set(rejected.row, -slope / rejected.count);
          return -logSigmoid(z);
        });
        return {
          loss: share * losses.reduce((sum, x) => sum + x, 0),
          scale: spread(batch, (row) => slopes.get(row)!),
          report: {
            average_logps: pairs.flatMap(({ chosen, rejected }) => [chosen.average, rejected.average]),
            per_pair_loss: losses,
            rewards_chosen: pairs.map(({ chosen }) => beta * chosen.average),
            rewards_rejected: pairs.map(({ rejected }) => beta * rejected.average),
          },
        };
      },
    };
  },
  figures: rewardFigures,
});
