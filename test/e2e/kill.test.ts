/** kill -9 of workers and their engines, with the real engine on a tiny real base: the job ends as if nothing had
 *  happened. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  base,
  endOf,
  env,
  expectSame,
  expectWhole,
  folder,
  homeOf,
  jobOf,
  logOf,
  serve,
  stepFrom,
  trainArgs,
} from '../helpers/kill-bench.ts';
import {
  catchMoment,
  childrenOf,
  eventFiles,
  jsonLines,
  stepOf,
  workerLog,
  workerPid,
} from '../helpers/killable.ts';
import { dropFolder, recipe, songs } from '../helpers/songs.ts';

/** Step from which the attempt went on, null where it began anew. */
const resumedFrom = (home: string, job: string, attempt: number): unknown =>
  (eventFiles(join(home, 'bucket/runs', job, String(attempt)))[0] as { resumed_from_step?: unknown })
    ?.resumed_from_step;

type Victim = 'supervisor' | 'engine' | 'both';

/** Kills what works at the attempt as soon as it has made a step; the step it had reached. */
const killWorker = async (
  home: string,
  job: string,
  attempt: number,
  step: number,
  victim: Victim,
): Promise<number> => {
  const reached = await catchMoment(
    () => {
      const at = stepOf(home, job, attempt);
      return at >= step ? at : null;
    },
    () => `attempt ${attempt} makes step ${step}\n${workerLog(home, job, attempt)}\n${logOf(home)}`,
  );
  const supervisor = workerPid(join(home, 'bucket/runs', job, String(attempt)));
  const engines = childrenOf(supervisor);
  expect(engines).toHaveLength(1);
  for (const pid of { supervisor: [supervisor], engine: engines, both: [...engines, supervisor] }[victim])
    process.kill(pid, 'SIGKILL');
  return reached;
};

describe.skipIf(!existsSync('/proc/self/task'))('kill -9', () => {
  test(
    'of a worker, of its engine, and of both, at any step: another goes on from the checkpoint',
    { timeout: 400_000 },
    async () => {
      const home = homeOf('workers-home');
      const service = await serve(home);
      const kill = async (job: string, attempt: number, step: number, victim: Victim) => {
        const at = await killWorker(home, job, attempt, step, victim);
        const gone = performance.now();
        await catchMoment(
          () => (existsSync(join(home, 'bucket/runs', job, String(attempt + 1), 'claim')) ? true : null),
          () => `attempt ${attempt + 1} begins\n${logOf(home)}`,
        );
        expect(performance.now() - gone, 'a dead process is known within seconds').toBeLessThan(30_000);
        return at;
      };

      dropFolder(join(home, 'bucket'), 'acme/twice', { 'train.jsonl': songs(), 'job.yaml': recipe(base) });
      const twice = await jobOf(home, 'acme/twice');
      const first = await kill(twice, 1, stepFrom(0, 5, 18), 'supervisor');
      const second = await kill(twice, 2, stepFrom(1, first + 2, 34), 'engine');
      dropFolder(join(home, 'bucket'), 'acme/once', { 'train.jsonl': songs(), 'job.yaml': recipe(base) });
      await endOf(home, 'acme/twice');
      await expectWhole(service.client, home, twice, 3);
      // the checkpoint of the very step may still be on its way
      expect(resumedFrom(home, twice, 2)).toBeGreaterThanOrEqual(5 * Math.floor(first / 5) - 5);
      expect(resumedFrom(home, twice, 3)).toBeGreaterThanOrEqual(5 * Math.floor(second / 5) - 5);

      const single = await jobOf(home, 'acme/once');
      await kill(single, 1, stepFrom(2, 8, 36), 'both');
      await endOf(home, 'acme/once');
      await expectWhole(service.client, home, single, 2);
      expect(resumedFrom(home, single, 2)).toBeGreaterThan(0);
      await service.kill();
    },
  );

  test(
    'of `droptune train`: the same command goes on from the checkpoint',
    { timeout: 300_000 },
    async () => {
      const out = join(folder, 'interrupted');
      const child = spawn(process.execPath, trainArgs(out), {
        env,
        detached: true,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      let said = '';
      child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
      const step = stepFrom(20, 8, 34);
      await catchMoment(
        () =>
          jsonLines(said).some(
            ({ type, line }) => type === 'metrics' && (line as { step: number }).step >= step,
          )
            ? true
            : null,
        () => `step ${step}\n${said}`,
      );
      const exited = once(child, 'exit');
      process.kill(-child.pid!, 'SIGKILL'); // the command and its worker; the engine ends by itself
      await exited;
      expect(existsSync(join(out, 'adapter'))).toBe(false);

      const again = jsonLines((await promisify(execFile)(process.execPath, trainArgs(out), { env })).stdout);
      expect(again).toContainEqual(
        expect.objectContaining({
          type: 'note',
          message: expect.stringMatching(/^Continuing after step \d+$/),
        }),
      );
      const steps = again
        .filter(({ type }) => type === 'metrics')
        .map(({ line }) => (line as { step: number }).step);
      expect(steps[0]).toBeGreaterThan(1);
      expectSame(out);
    },
  );
});
