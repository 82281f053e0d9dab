/** A recipe's budget, before anything is sent anywhere: a job beyond it is refused, or made shorter where the recipe says so. */
import type { Range } from '../contracts/estimate.ts';
import type { Reason, ResolvedRecipe } from '../contracts/recipe.ts';
import { AppError } from '../errors.ts';

/** What the whole job would take; null where it is not known. */
export type Expected = {
  readonly tokens: number;
  readonly minutes: Range | null;
  readonly usd: Range | null;
};

type Limit = {
  readonly key: 'max_tokens' | 'max_minutes' | 'max_usd';
  readonly most: number;
  readonly likely: number;
  /** below this it is not refused: it may well fit */
  readonly low: number;
  readonly words: string;
};

const LEAST_EPOCHS = 0.1;
const number = (x: number): string =>
  x >= 100 ? Math.round(x).toString() : Number(x.toPrecision(3)).toString();
const between = ({ low, high }: Range, unit: string): string => `${number(low)} to ${number(high)} ${unit}`;

const limitsOf = ({ budget }: ResolvedRecipe, { tokens, minutes, usd }: Expected): Limit[] => {
  const limits: (Limit | null)[] = [
    budget.max_tokens === undefined
      ? null
      : {
          key: 'max_tokens',
          most: budget.max_tokens,
          likely: tokens,
          low: tokens,
          words: `About ${tokens} tokens`,
        },
    budget.max_minutes === undefined || budget.when_exceeded === undefined || !minutes
      ? null
      : { key: 'max_minutes', most: budget.max_minutes, ...minutes, words: between(minutes, 'minutes') },
    budget.max_usd === undefined || !usd
      ? null
      : { key: 'max_usd', most: budget.max_usd, ...usd, words: between(usd, 'USD') },
  ];
  return limits.flatMap((limit) => (limit ? [limit] : []));
};

/** A run keeps to `max_minutes` by itself and ends in time: it counts here only where `when_exceeded` says what to do.
 *  The recipe as it may run, with a reason where it was made shorter. Throws `budget_exceeded` with what would fit. */
export const fitBudget = (
  recipe: ResolvedRecipe,
  expected: Expected,
): { readonly resolved: ResolvedRecipe; readonly reasons: readonly Reason[] } => {
  const over = limitsOf(recipe, expected).filter(({ low, most }) => low > most);
  if (over.length === 0) return { resolved: recipe, reasons: [] };
  const worst = over.reduce((a, b) => (b.most / b.likely < a.most / a.likely ? b : a));
  const { n_epochs } = recipe.training;
  const fitting = Math.floor(n_epochs * (worst.most / worst.likely) * 100) / 100;
  const said = `${worst.words} for ${n_epochs} epochs, and budget.${worst.key} is ${worst.most}`;
  if (recipe.budget.when_exceeded !== 'trim' || fitting < LEAST_EPOCHS)
    throw new AppError('budget_exceeded', said, {
      param: `budget.${worst.key}`,
      hint:
        fitting < LEAST_EPOCHS
          ? 'Not even a tenth of the rows would fit: raise it, or take a smaller base or fewer rows'
          : `Raise it, lower training.n_epochs to ${fitting}, or let it be done: budget.when_exceeded=trim`,
    });
  const why = `${said}: made shorter to fit`;
  return {
    resolved: { ...recipe, training: { ...recipe.training, n_epochs: fitting } },
    reasons: [{ key: 'training.n_epochs', value: fitting, why }],
  };
};
