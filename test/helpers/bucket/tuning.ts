import { TUNING, type Tuning } from '../../../shared/storage/bucket.ts';

/** As in service, but patient for milliseconds only. */
export const QUICK: Tuning = {
  ...TUNING,
  backoff: { ...TUNING.backoff, first_ms: 1, longest_ms: 4 },
};
