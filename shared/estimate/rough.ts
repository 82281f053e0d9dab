/** Minutes and money from what is known of a dataset and a base before either is opened: characters and parameters. */
import type { DatasetReport } from '../contracts/dataset.ts';
import type { PriceRow, Work } from '../contracts/estimate.ts';
import type { ResolvedRecipe } from '../contracts/recipe.ts';
import type { Expected } from '../plan/budget.ts';
import { offersFor } from './offers.ts';

/** English prose has about four and a half characters a token, code three; a Chinese character is most of a token. */
const CHARACTERS_PER_TOKEN = 3.5;

type Asked = {
  readonly report: Pick<DatasetReport, 'characters' | 'rows'>;
  readonly parameters: number | null;
  /** rows of the launcher that the job would go to */
  readonly prices: readonly PriceRow[];
  readonly here: { readonly cores: number; readonly memory: number };
};

const NONE = { low: 0, likely: 0, high: 0 };

/** Products: two operations a weight and token forward, as many backward through a frozen base, twice as many where it is
 *  trained whole. */
const workOf = (
  { method, training }: ResolvedRecipe,
  tokens: number,
  parameters: number,
  rows: number,
): Work => ({
  rows,
  steps: Math.ceil((rows * training.n_epochs) / training.batch_size),
  tokens: { epoch: Math.round(tokens / training.n_epochs), total: tokens, learnt: tokens },
  flops: {
    train: (method.type === 'full' ? 6 : 4) * parameters * tokens,
    losses: 0,
    evaluations: 0,
    prompts: 0,
  },
  shapes: 4,
  rounds: { base: NONE, tuned: NONE },
  reasons: [],
  decode_flops: 0,
  bytes: { memory: Math.round(parameters * 8), weights: Math.round(parameters * 4) },
  start_seconds: 0,
  probe: null,
});

/** The cheapest that fits of the machines that are given. Evaluation is not counted: it ends by its own limits. */
export const roughly = (recipe: ResolvedRecipe, { report, parameters, prices, here }: Asked): Expected => {
  const { characters, rows } = report;
  const tokens = Math.round((characters.total / CHARACTERS_PER_TOKEN) * recipe.training.n_epochs);
  if (parameters === null || prices.length === 0) return { tokens, minutes: null, usd: null };
  const [offer] = offersFor(workOf(recipe, tokens, parameters, rows.train), prices, here);
  return { tokens, minutes: offer!.minutes, usd: offer!.usd };
};
