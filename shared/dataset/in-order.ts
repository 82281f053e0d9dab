/** Batches examined several at once and settled one after another, in the order in which they came. */
import type { Recipe } from '../contracts/recipe.ts';
import { examineBatch, type Batch, type ExaminedBatch } from './batch.ts';
import { freshSecret } from './privacy/draw.ts';
import type { Lane } from './read.ts';

export type Examiner = {
  /** how many batches it can work on at once */
  readonly lanes: number;
  examine(batch: Batch): Promise<ExaminedBatch>;
  /** Gives back what it held; nothing is asked after that. */
  close(): Promise<void>;
};

/** Examines where it is called. */
export const examinerHere = (data: Recipe['data'], secret = freshSecret()): Examiner => ({
  lanes: 0,
  close: () => Promise.resolve(),
  examine: (batch) => Promise.resolve(examineBatch(batch, data, secret)),
});

/** `settle` throws where reading must end; what was examined of later batches is forgotten. */
export const inOrder = (
  { lanes, examine }: Examiner,
  settle: (batch: Batch, examined: ExaminedBatch) => void,
): Lane => {
  let waiting: { readonly batch: Batch; readonly examined: Promise<ExaminedBatch> }[] = [];
  const settleFirst = async (): Promise<void> => {
    const { batch, examined } = waiting.shift()!;
    try {
      settle(batch, await examined);
    } catch (error) {
      waiting = [];
      throw error;
    }
  };
  return {
    async take(batch) {
      const examined = examine(batch);
      examined.catch(() => undefined); // awaited in its turn, if that comes
      waiting.push({ batch, examined });
      while (waiting.length > lanes) await settleFirst();
    },
    async drain() {
      while (waiting.length > 0) await settleFirst();
    },
  };
};
