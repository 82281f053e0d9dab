/** ORPO, https://arxiv.org/abs/2403.07691, as TRL has it. a = mean log p of an answer,
 *  odds = (a_c − a_r) − (log(1 − eᵃᶜ) − log(1 − eᵃʳ)), loss = nll − β·mean(log σ(odds)), where nll is the mean over every
 *  token of the chosen rows, prompt included. ∂odds/∂a_c = 1/(1 − eᵃᶜ), ∂odds/∂a_r = −1/(1 − eᵃʳ). */
import type { ResolvedObjective } from '../../../shared/contracts/objective.ts';
import { mean } from '../../../shared/sum.ts';
import {
  type Answer,
  answersOf,
  countPairs,
  logSigmoid,
  type Objective,
  pairsOf,
  sigmoid,
  spread,
  type StepFacts,
} from './objective.ts';

type Options = Extract<ResolvedObjective, { type: 'orpo' }>;

const isChosen = (row: number): boolean => row % 2 === 0;
const average = ({ logp, count }: Answer): number => logp / count;

const chosenTargets = ({ passes }: StepFacts): number =>
  passes.reduce((n, { targets }) => n + targets.row.filter(isChosen).length, 0);

export const orpo = ({ beta }: Options): Objective => ({
  unit: 2,
  referenced: false,
  mismatched: false,
  whole: isChosen,
  shares: (step) => {
    const share = 1 / countPairs(step);
    const each = 1 / chosenTargets(step);
    return {
      weigh: (batch, nll) => {
        const { row: rows } = batch.targets;
        const pairs = pairsOf(answersOf(batch, nll));
        const slopes = new Map<number, number>();
        const odds = pairs.map(({ chosen, rejected }) => {
          const [a, b] = [average(chosen), average(rejected)];
          const value = a - b - (Math.log1p(-Math.exp(a)) - Math.log1p(-Math.exp(b)));
          const slope = -share * beta * sigmoid(-value);
          slopes.set(chosen.row, slope / (1 - Math.exp(a)) / chosen.count);
          slopes.set(rejected.row, -slope / (1 - Math.exp(b)) / rejected.count);
          return value;
        });
        const full = nll.reduce((sum, x, i) => sum + (isChosen(rows[i]!) ? x : 0), 0) * each;
        const scale = spread(batch, (row) => slopes.get(row)!);
        for (const [i, row] of rows.entries()) if (isChosen(row)) scale[i]! += each;
        const ratios = odds.map(logSigmoid);
        return {
          loss: full - share * beta * ratios.reduce((sum, x) => sum + x, 0),
          scale,
          report: {
            average_logps: pairs.flatMap(({ chosen, rejected }) => [average(chosen), average(rejected)]),
            log_odds: odds,
            log_odds_ratio: ratios,
          },
        };
      },
    };
  },
  figures: ({ log_odds = [] }) => ({
    log_odds: mean(log_odds),
    accuracy: mean(log_odds.map((x) => (x > 0 ? 1 : x === 0 ? 0.5 : 0))),
  }),
});
