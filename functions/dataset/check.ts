/** The front door with what Node lends: threads that examine rows, and a temporary file in which they wait. */
import { availableParallelism } from 'node:os';
import type { DatasetReport } from '../../shared/contracts/dataset.ts';
import type { Recipe } from '../../shared/contracts/recipe.ts';
import { checkDataset, type Sink } from '../../shared/dataset/check.ts';
import type { Source } from '../../shared/dataset/read.ts';
import { isBundle } from '../../shared/shipped.ts';
import { examinerInThreads } from './examiner.ts';
import { fileSpill } from './file-spill.ts';

const GIB = 1024 ** 3;
const MOST_THREADS = 8;
/** Bytes that one thread does not examine before another has started. */
const LARGE = 8 * 1024 ** 2;

/** As `checkDataset`; of input beyond 8 GiB or ten million rows the rest is refused as `too_large`. With a `secret`, pseudonyms are the
 *  same each time; without, it is drawn and forgotten. */
export const checkHere = async (
  sources: readonly Source[],
  data: Recipe['data'],
  seed: number,
  sink: Sink | null,
  secret?: string,
): Promise<DatasetReport> => {
  const spill = fileSpill();
  const threads = isBundle ? 0 : Math.min(MOST_THREADS, availableParallelism()); // a thread is a file of its own
  const isLarge = sources.reduce((sum, { size = 0 }) => sum + size, 0) >= LARGE;
  const examiner = examinerInThreads(data, threads, isLarge ? 0 : undefined, secret);
  const most = { bytes: 8 * GIB, rows: 10_000_000 };
  try {
    return await checkDataset(sources, data, seed, sink, { examiner, spill, most });
  } finally {
    await examiner.close();
    spill.close();
  }
};
