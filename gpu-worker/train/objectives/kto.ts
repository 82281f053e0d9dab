/** KTO, https://arxiv.org/abs/2402.01306, as TRL has it. r = log p − reference of an answer, z the step's KL estimate (no
 *  gradient through it): a desirable row costs w_d·(1 − σ(β·(r − z))), an undesirable one w_u·(1 − σ(β·(z − r))). */
import type { ResolvedObjective } from '../../../shared/contracts/objective.ts';
import { mean } from '../../../shared/sum.ts';
import { answersOf, type Objective, sigmoid, spread } from './objective.ts';

type Options = Extract<ResolvedObjective, { type: 'kto' }>;

export const kto = ({ beta, desirable_weight, undesirable_weight }: Options): Objective => ({
  unit: 1,
  referenced: true,
  mismatched: true,
  shares: (step) => {
    const rows = step.passes.reduce((n, { targets }) => n + new Set(targets.row).size, 0);
    const share = 1 / rows;
    return {
      weigh: (batch, nll) => {
        const answers = [...answersOf(batch, nll).values()].toSorted((a, b) => a.row - b.row);
        const slopes = new Map<number, number>();
        const losses = answers.map(({ row, logp }) => {
          const sign = step.desirable(row) ? 1 : -1;
          const weight = sign > 0 ? desirable_weight : undesirable_weight;
          const good = sigmoid(sign * beta * (logp - step.reference(row) - step.kl));
          slopes.set(row, -share * weight * sign * beta * good * (1 - good));
          return weight * (1 - good);
        });
        return {
          loss: share * losses.reduce((sum, x) => sum + x, 0),
          scale: spread(batch, (row) => slopes.get(row)!),
          report: {
            logps: answers.map(({ logp }) => logp),
            reference_logps: answers.map(({ row }) => step.reference(row)),
            rewards: answers.map(({ row, logp }) => beta * (logp - step.reference(row))),
            desirable: answers.map(({ row }) => (step.desirable(row) ? 1 : 0)),
            per_row_loss: losses,
          },
        };
      },
    };
  },
  figures: ({ rewards = [], desirable = [] }) => {
    const those = (kind: number) => rewards.filter((_, i) => desirable[i] === kind);
    const [good, bad] = [those(1), those(0)];
    return {
      ...(good.length > 0 && { rewards_desirable: mean(good) }),
      ...(bad.length > 0 && { rewards_undesirable: mean(bad) }),
    };
  },
});
