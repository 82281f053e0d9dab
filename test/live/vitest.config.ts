/** Tests that need what a clean clone lacks (a model, Python): run by name, never by `npm test`. */
import { mergeConfig } from 'vitest/config';
import common from '../vitest.config.ts';

export default mergeConfig(
  { ...common, test: { ...common.test, include: [], exclude: ['dist/**', 'node_modules/**'] } },
  {
    test: {
      include: ['test/live/**/*.test.ts'],
      testTimeout: 1_800_000,
      hookTimeout: 1_800_000,
      maxWorkers: 1,
    },
  },
);
