/** What `auto` means in each objective, and the learning rate and batches that suit it. */
import type { ResolvedObjective } from '../contracts/objective.ts';
import { AppError } from '../errors.ts';
import type { Choose } from './choose.ts';
import { type ChosenObjective, imitates } from './fit.ts';

export const resolveObjective = (objective: ChosenObjective, choose: Choose): ResolvedObjective => {
  switch (objective.type) {
    case 'sft':
    case 'text':
      return objective;
    case 'dpo': {
      const { loss_type } = objective;
      const why = loss_type === 'ipo' ? 'aims at a margin of 1 / (2 beta) a token' : "TRL's default";
      const beta = choose('objective.beta', objective.beta, [0.1, why]);
      const label_smoothing = choose('objective.label_smoothing', objective.label_smoothing, [
        0,
        'every pair is taken at its word',
      ]);
      if (loss_type === 'ipo' && label_smoothing > 0)
        throw new AppError(
          'invalid_recipe',
          'objective.label_smoothing belongs to loss_type sigmoid: leave it out, or leave loss_type ipo out',
        );
      return { ...objective, beta, label_smoothing };
    }
    case 'orpo':
      return { ...objective, beta: choose('objective.beta', objective.beta, [0.1, "TRL's default"]) };
    case 'kto': {
      const even = [1, 'good and bad answers count alike'] as const;
      return {
        ...objective,
        beta: choose('objective.beta', objective.beta, [0.1, "TRL's default"]),
        desirable_weight: choose('objective.desirable_weight', objective.desirable_weight, even),
        undesirable_weight: choose('objective.undesirable_weight', objective.undesirable_weight, even),
      };
    }
    case 'simpo':
      return {
        ...objective,
        beta: choose('objective.beta', objective.beta, [2, 'usual: it scales means, not sums']),
        gamma: choose('objective.gamma', objective.gamma, [0.5, "TRL's default"]),
      };
  }
};

/** Share of the rate for imitation. TRL's defaults are 2e-5 for imitation and 1e-6 for DPO and KTO (2e-4 and 1e-5 with
 *  LoRA); its examples train ORPO, which imitates as well, at 8e-5 with LoRA. */
const RATE_SHARES: Readonly<Record<ResolvedObjective['type'], readonly [share: number, why: string] | null>> =
  {
    sft: null,
    text: null,
    dpo: [1 / 20, 'a twentieth of it for preferences, which push answers apart'],
    kto: [1 / 20, 'a twentieth of it for preferences, which push answers apart'],
    simpo: [1 / 20, 'a twentieth of it for preferences, which push answers apart'],
    orpo: [2 / 5, 'two fifths of it, since ORPO pushes answers apart besides imitating'],
  };

/** The rate that suits a method, made to suit the objective too. */
export const rateForObjective = (
  type: ResolvedObjective['type'],
  [rate, why]: readonly [value: number, why: string],
): [value: number, why: string] => {
  const share = RATE_SHARES[type];
  return share ? [rate * share[0], `${why}; ${share[1]}`] : [rate, why];
};

/** Throws `invalid_recipe` for a batch in which KTO has nothing to compare a row with. */
export const checkBatch = (type: ResolvedObjective['type'], size: number): void => {
  if (type === 'kto' && size < 2)
    throw new AppError(
      'invalid_recipe',
      'training.batch_size 1 is too small for objective.type kto, which estimates from the other rows of a batch how far the model has moved: set 2 or more, or leave it out',
    );
};

const FEWEST_COMPARED = 4;

/** The batch that suits a number of rows, made to suit the objective too. */
export const batchForObjective = (
  type: ResolvedObjective['type'],
  [size, why]: readonly [value: number, why: string],
): [value: number, why: string] => {
  if (imitates(type) || size >= FEWEST_COMPARED) return [size, why];
  return [
    FEWEST_COMPARED,
    type === 'kto'
      ? 'KTO estimates how far the model has moved from the other rows of a batch'
      : 'one pair is a weak judgement',
  ];
};
