/** What each step learns from: its passes, and what the objective wants besides them. */
import type { TokenRow } from '../../shared/text/shards.ts';
import { type Batch, type Lay, type Placed, PLAIN } from './batch.ts';
import type { Objective } from './objectives/objective.ts';
import { placedPasses, planSteps, type Steps, type StepSettings } from './steps.ts';
import type { StepContext } from './trainer.ts';

/** Negative log-likelihood of each target of a batch, nats. */
type Nll = (batch: Batch) => Promise<Float32Array>;

export type Lesson = { readonly passes: readonly Batch[]; readonly context: StepContext };
export type Lessons = Pick<Steps, 'count' | 'epoch' | 'lengths'> & { at(i: number): Promise<Lesson> };

type Scoring = { readonly most: number; readonly lay?: Lay; readonly lengths?: readonly number[] };

/** Σ log p of the answers of rows, by their numbers. */
export const scoreRows = async (
  nll: Nll,
  placed: readonly Placed[],
  { most, lay = PLAIN, lengths }: Scoring,
): Promise<ReadonlyMap<number, number>> => {
  const sums = new Map<number, number>();
  for (const batch of placedPasses(placed, most, { lay }, lengths)) {
    const { row } = batch.targets;
    for (const [i, x] of (await nll(batch)).entries()) sums.set(row[i]!, (sums.get(row[i]!) ?? 0) - x);
  }
  return sums;
};

const answerAt = ({ weights }: TokenRow): number => weights.findIndex((w) => w > 0);

/** Each prompt with the answer of the row before it, the first with the last one's: TRL's estimate of the KL term. */
const mismatch = (rows: readonly Placed[], longest: number): Placed[] =>
  rows.map(({ row }, i) => {
    const other = rows.at(i - 1)!.row;
    const prompt = row.ids.subarray(0, answerAt(row));
    const answer = other.ids.subarray(answerAt(other));
    const ids = Int32Array.of(...prompt, ...answer).subarray(0, Math.max(longest, prompt.length + 1));
    const weights = new Float32Array(ids.length).fill(1, prompt.length);
    return { row: { ids, weights, line: row.line }, index: i };
  });

export type LessonOptions = {
  readonly rows: readonly TokenRow[];
  readonly settings: Omit<StepSettings, 'unit' | 'layout'>;
  readonly objective: Objective;
  readonly lay: Lay;
  readonly policy: Nll;
  /** where they have been planned already */
  readonly steps?: Steps;
  /** the model before training, and what it said of the rows' answers, where the objective asks for it */
  readonly reference: { readonly nll: Nll; readonly lay: Lay; readonly logps: Float64Array } | null;
};

/** The steps of rows as the objective keeps them together and the method lays them. */
export const planLessons = ({
  rows,
  settings,
  objective: { unit, whole },
  lay,
}: Pick<LessonOptions, 'rows' | 'settings' | 'objective' | 'lay'>): Steps =>
  planSteps(rows, { ...settings, unit, layout: { lay, ...(whole && { whole }) } });

export const openLessons = (options: LessonOptions): Lessons => {
  const { rows, settings, objective, lay, policy, reference, steps = planLessons(options) } = options;
  const longest = rows.reduce((n, { ids }) => Math.max(n, ids.length), 0);
  const sizes = {
    most: settings.tokens_per_pass,
    ...(steps.lengths.length > 0 && { lengths: steps.lengths }), // few shapes in all, not in each step
  };

  const kl = async (i: number): Promise<number> => {
    const others = mismatch(steps.rows(i), longest);
    const own = await scoreRows(policy, others, { ...sizes, lay });
    const before = await scoreRows(reference!.nll, others, { ...sizes, lay: reference!.lay });
    const moved = others.reduce((sum, { index }) => sum + own.get(index)! - before.get(index)!, 0);
    return Math.max(0, moved / others.length);
  };
  return {
    count: steps.count,
    epoch: steps.epoch,
    lengths: steps.lengths,
    at: async (i) => ({
      passes: steps.at(i),
      context: {
        desirable: (row) => rows[row]!.desirable ?? true,
        ...(reference && { reference: (row) => reference.logps[row]! }),
        ...(objective.mismatched && { kl: await kl(i) }),
      },
    }),
  };
};
