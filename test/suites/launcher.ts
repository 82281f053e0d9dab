/** What a launcher is: every driver runs this on a platform that really starts `helpers/launched-worker.mjs`. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { readPrices } from '../../functions/entries/prices.ts';
import {
  type Attempt,
  type Launched,
  type Launcher,
  type MachineState,
  pricesOf,
} from '../../functions/launchers/launcher.ts';
import { newId } from '../../shared/ids.ts';
import { tempFolder, until } from '../helpers/engine-store.ts';

export type Platform = {
  readonly launcher: Launcher;
  /** a platform that will not start anything until somebody mends it */
  readonly broken: Launcher;
  /** whether it keeps what the worker says; otherwise it says where that is */
  readonly keepsLog: boolean;
};

const machineOf = (launched: Launched): string => {
  if (launched.kind !== 'launched') throw new Error(`Nothing was launched: ${launched.reason}`);
  return launched.machine;
};

const reaches = (launcher: Launcher, machine: string, wanted: MachineState) =>
  until(async () => (await launcher.state(machine)) === wanted);

/** `fill` takes the room of the platform that was made last, or gives it back; absent where there is always some. */
export const testLauncher = (
  make: () => Platform | Promise<Platform>,
  fill?: (full: boolean) => void,
): void => {
  const folder = tempFolder();
  const attempt = (job: string, n = 1): Attempt => ({
    job,
    attempt: n,
    store: `file:${folder}`,
    specUri: `file:${folder}/runs/${job}/${n}/spec.json`,
  });
  const started = (job: string): string[] =>
    (existsSync(join(folder, 'started')) ? readFileSync(join(folder, 'started'), 'utf8') : '')
      .split('\n')
      .filter((line) => line.includes(job));
  const launches: { launcher: Launcher; machine: string }[] = [];
  const launch = async (launcher: Launcher, given: Attempt): Promise<string> => {
    const machine = machineOf(await launcher.launch(given));
    launches.push({ launcher, machine });
    await until(() => started(given.job).some((line) => line.startsWith(given.specUri)));
    return machine;
  };
  afterEach(async () => {
    for (const { launcher, machine } of launches.splice(0)) await launcher.cancel(machine);
    rmSync(join(folder, 'end'), { force: true });
  });

  test('starts a worker that is told its spec and the store, and sees it at work and gone', async () => {
    const { launcher } = await make();
    const given = attempt(newId('ftjob-'));
    const machine = await launch(launcher, given);
    expect(started(given.job)).toEqual([`${given.specUri} ${given.store}`]);
    await reaches(launcher, machine, 'running');
    writeFileSync(join(folder, 'end'), '');
    await reaches(launcher, machine, 'gone');
  });

  test('launches an attempt once, however often and whenever it is asked', async () => {
    const { launcher } = await make();
    const given = attempt(newId('ftjob-'));
    const machine = await launch(launcher, given);
    const again = await Promise.all([1, 2, 3].map(() => launcher.launch(given)));
    expect(again.map(machineOf)).toEqual([machine, machine, machine]);
    const another = attempt(newId('ftjob-'));
    const at_once = await Promise.all([1, 2, 3].map(() => launcher.launch(another)));
    await launch(launcher, another);
    expect(new Set(at_once.map(machineOf)).size).toBe(1);
    // who was started wrongly would have begun by the time that a later one has
    await launch(launcher, attempt(newId('ftjob-')));
    expect([started(given.job), started(another.job)].map(({ length }) => length)).toEqual([1, 1]);
  });

  test('gives every attempt of a job a machine of its own', async () => {
    const { launcher } = await make();
    const job = newId('ftjob-');
    const machines = [await launch(launcher, attempt(job, 1)), await launch(launcher, attempt(job, 2))];
    expect(new Set(machines).size).toBe(2);
    expect(started(job)).toHaveLength(2);
    await launcher.cancel(machines[0]!);
    await reaches(launcher, machines[0]!, 'gone');
    expect(await launcher.state(machines[1]!)).toBe('running');
  });

  test('stops a worker, and takes it lightly when there is none', async () => {
    const { launcher } = await make();
    const machine = await launch(launcher, attempt(newId('ftjob-')));
    await launcher.cancel(machine);
    await reaches(launcher, machine, 'gone');
    await launcher.cancel(machine);
    await launcher.cancel('elsewhere:1:2');
    expect(await launcher.state('elsewhere:1:2')).toBe('unknown');
  });

  test('says what a worker said, or where it stands', async () => {
    const { launcher, keepsLog } = await make();
    const given = attempt(newId('ftjob-'));
    const machine = await launch(launcher, given);
    const log = await until(async () => {
      const found = await launcher.logs(machine);
      return found && (!keepsLog || found.text.includes('and saying so')) ? found : null;
    });
    expect(log.where).toMatch(/\S/);
    expect(log.text).toContain(keepsLog ? `working on ${given.specUri}` : given.job);
    expect(await launcher.logs('elsewhere:1:2')).toBeNull();
  });

  test('that cannot launch says what failed, where, and how to mend it', async () => {
    const { broken } = await make();
    const given = attempt(newId('ftjob-'));
    await expect(broken.launch(given)).rejects.toMatchObject({
      code: 'launch_failed',
      message: expect.stringMatching(/\S/),
      details: { hint: expect.stringMatching(/\S/) },
    });
    expect(started(given.job)).toEqual([]);
  });

  if (fill)
    test('that finds no room says so, starts nothing, and launches the same attempt later', async () => {
      const { launcher } = await make();
      const given = attempt(newId('ftjob-'));
      fill(true);
      expect(await launcher.launch(given)).toEqual({ kind: 'later', reason: expect.stringMatching(/\S/) });
      expect(started(given.job)).toEqual([]);
      fill(false);
      await launch(launcher, given);
      expect(started(given.job)).toHaveLength(1);
    });

  test('has a price in the table, and says how many at once and how often to look', async () => {
    const { launcher } = await make();
    expect(pricesOf(launcher, await readPrices({ DROPTUNE_PRICES: undefined }))).not.toEqual([]);
    expect(launcher.concurrency).toBeGreaterThan(0);
    expect(launcher.poll_ms).toBeGreaterThanOrEqual(1000);
  });
};
