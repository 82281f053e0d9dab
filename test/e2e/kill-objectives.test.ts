/** kill -9 while answers are compared: what the base said of them comes from the checkpoint, and KTO's pairs of prompts and
 *  others' answers from seed and step. Twenty kills of each: `npm run test:kill`. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { temporary } from '../helpers/database.ts';
import {
  adaptersApart,
  askedTheBase,
  continuedFrom,
  trainFolder,
  trainKilledAt,
} from '../helpers/kill-train.ts';
import { curveOf } from '../helpers/songs.ts';
import { writeTinyBase } from '../helpers/tiny-base.ts';

const folder = temporary('kill-objectives');
const base = writeTinyBase(join(folder, 'base'));
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

describe.skipIf(!existsSync('/proc/self/task'))('kill -9 of `droptune train`', () => {
  test.each([
    ['dpo', [13, 29]],
    ['kto', [22]],
  ] as const)(
    'with %s after steps %j: the same curve and the same adapter',
    { timeout: 400_000 },
    async (objective, steps) => {
      const job = trainFolder(join(folder, objective), base, objective);
      const [whole, killed] = ['whole', 'killed'].map((name) => join(folder, objective, name)) as [
        string,
        string,
      ];
      await job.train(whole, null);
      const attempts = await trainKilledAt(job, killed, steps);
      expect(attempts.map(askedTheBase)).toEqual([true, ...steps.map(() => false)]);
      for (const attempt of attempts.slice(1)) expect(continuedFrom(attempt)).toBeGreaterThan(0);
      expect(curveOf(join(killed, 'metrics.jsonl'))).toEqual(curveOf(join(whole, 'metrics.jsonl')));
      expect(adaptersApart(killed, whole)).toBe(0);
    },
  );
});
