/** kill -9 at twenty random steps of one run. Opt-in: `npm run test:kill`; KILL_SEED chooses other steps. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { temporary } from '../helpers/database.ts';
import {
  adaptersApart,
  askedTheBase,
  continuedFrom,
  stepsToKill,
  trainFolder,
  trainKilledAt,
} from '../helpers/kill-train.ts';
import { curveOf, STEPS } from '../helpers/songs.ts';
import { writeTinyBase } from '../helpers/tiny-base.ts';

const SEED = Number(process.env['KILL_SEED'] ?? Date.now() % 1_000_000);
const KILLS = 20;
const folder = temporary('kills');
const base = writeTinyBase(join(folder, 'base'));
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

describe.skipIf(!existsSync('/proc/self/task'))(`twenty kills, KILL_SEED=${SEED}`, () => {
  test.each(['sft', 'dpo', 'kto'] as const)('%s', { timeout: 1_800_000 }, async (objective) => {
    const job = trainFolder(join(folder, objective), base, objective);
    const [whole, killed] = ['whole', 'killed'].map((name) => join(folder, objective, name)) as [
      string,
      string,
    ];
    await job.train(whole, null);
    const attempts = await trainKilledAt(job, killed, stepsToKill(KILLS, SEED, objective));
    const at = attempts.flatMap(({ killedAt }) => killedAt ?? []);
    const apart = adaptersApart(killed, whole);
    process.stdout.write(
      `KILL_SEED=${SEED} ${objective}: killed after steps ${at.join(', ')}; went on from ${attempts
        .map((attempt) => continuedFrom(attempt) ?? 'the start')
        .join(', ')}; adapter at most ${apart} away\n`,
    );
    expect(at).toHaveLength(KILLS);
    for (const attempt of attempts)
      expect(askedTheBase(attempt)).toBe(objective !== 'sft' && continuedFrom(attempt) === null);
    const curve = curveOf(join(killed, 'metrics.jsonl'));
    expect(curve).toHaveLength(STEPS);
    expect(apart).toBeLessThanOrEqual(1e-6);
    expect(curve).toEqual(curveOf(join(whole, 'metrics.jsonl')));
  });
});
