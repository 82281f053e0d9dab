/** The fc launcher on a real account: DROPTUNE_FC_FUNCTION and the variables beside it name a function that runs the
 *  worker's image. Its runs find no spec, so that each costs a start and no more. */
import { expect, test } from 'vitest';
import { readEnv } from '../../functions/entries/env.ts';
import { openLauncher } from '../../functions/launchers/index.ts';
import type { MachineState } from '../../functions/launchers/launcher.ts';
import { newId } from '../../shared/ids.ts';

const settings = readEnv({ ...process.env, DROPTUNE_LAUNCHER: 'fc' });
const store = settings.DROPTUNE_STORAGE ?? 'oss://none';

test.skipIf(!settings.DROPTUNE_FC_FUNCTION)(
  'Function Compute begins a task once, tells its state, and stops it',
  async () => {
    const launcher = openLauncher({ settings, env: process.env });
    const attempt = { job: newId('ftjob-'), attempt: 1, store, specUri: `${store}/runs/none/1/spec.json` };
    const reaches = async (machine: string, wanted: MachineState): Promise<void> => {
      while ((await launcher.state(machine)) !== wanted) await new Promise((done) => setTimeout(done, 2000));
    };
    const launched = await launcher.launch(attempt);
    expect(launched).toMatchObject({ kind: 'launched' });
    expect(await launcher.launch(attempt)).toEqual(launched);
    const machine = launched.kind === 'launched' ? launched.machine : '';
    await reaches(machine, 'gone');
    expect(await launcher.logs(machine)).toMatchObject({ text: expect.stringContaining(attempt.job) });

    const other = await launcher.launch({ ...attempt, attempt: 2 });
    if (other.kind !== 'launched') throw new Error(other.reason);
    await launcher.cancel(other.machine);
    await reaches(other.machine, 'gone');
  },
);
