import * as fc from 'fast-check';
import { test } from 'vitest';
import { fuzzCases, wrongWith } from './fuzz.ts';

test.each([1, 2, 3])('any file, however it was changed, is answered and no row is lost (%i)', async () => {
  await fc.assert(
    fc.asyncProperty(fuzzCases, async (file) => {
      const wrong = await wrongWith(file);
      if (wrong !== null) throw new Error(wrong);
    }),
    { numRuns: 100 },
  );
});
