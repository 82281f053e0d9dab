/** `droptune train` killed outright at given steps and run again, and how far its adapter is from one that was not. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openSafetensors } from '../../gpu-worker/weights/safetensors.ts';
import { uniformAt } from '../../shared/random.ts';
import { childrenOf, CLI } from './killable.ts';
import { recipe, songsFor, STEPS } from './songs.ts';

export type Killed = keyof typeof songsFor;
type Line = Readonly<Record<string, unknown>>;
export type Attempt = {
  readonly lines: readonly Line[];
  /** the step after which it was killed, null where it came to its end */
  readonly killedAt: number | null;
};

/** Steps at which to kill, in order: which ones follows from the seed. */
export const stepsToKill = (count: number, seed: number, objective: Killed): number[] => {
  const chance = uniformAt(seed, `kill ${objective}`);
  const shuffled = Array.from({ length: STEPS - 1 }, (_, i) => ({ step: i + 1, at: chance(i) }));
  const chosen = shuffled.toSorted((a, b) => a.at - b.at).slice(0, count);
  return chosen.map(({ step }) => step).toSorted((a, b) => a - b);
};

const family = (pid: number): number[] => [pid, ...childrenOf(pid).flatMap(family)];

/** The command, its worker and the engine die together, as when the power fails. */
const killAll = (pid: number): void => {
  for (const member of family(pid))
    try {
      process.kill(member, 'SIGKILL');
    } catch {
      // it is gone by itself
    }
};

export type TrainFolder = { train(out: string, killAt: number | null): Promise<Attempt> };

/** Data and recipe of an objective in a folder of their own. */
export const trainFolder = (folder: string, base: string, objective: Killed): TrainFolder => {
  mkdirSync(folder, { recursive: true });
  const [rows, yaml] = [join(folder, 'train.jsonl'), join(folder, 'job.yaml')];
  writeFileSync(rows, songsFor[objective]());
  const whole = JSON.parse(recipe(base, objective)) as object;
  writeFileSync(yaml, JSON.stringify({ ...whole, evaluation: { enabled: false } })); // only training is killed
  const env = { PATH: process.env['PATH'], DROPTUNE_HOME: join(folder, 'home') };
  return {
    train: async (out, killAt) => {
      const args = [CLI, 'train', rows, '--base', base, '--recipe', yaml, '--out', out, '--json'];
      const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'ignore'] });
      const lines: Line[] = [];
      let killedAt: number | null = null;
      createInterface({ input: child.stdout }).on('line', (text) => {
        const said = JSON.parse(text) as Line;
        lines.push(said);
        if (killAt === null || killedAt !== null || said['type'] !== 'metrics') return;
        const { step } = said['line'] as { step: number };
        if (step < killAt) return;
        killedAt = step;
        killAll(child.pid!);
      });
      const [code] = (await once(child, 'close')) as [number | null];
      if (killedAt === null && code !== 0)
        throw new Error(`droptune train exits ${code}: ${JSON.stringify(lines.at(-1))}`);
      return { lines, killedAt };
    },
  };
};

/** Kills at each of `steps`, then lets it end. */
export const trainKilledAt = async (
  { train }: TrainFolder,
  out: string,
  steps: readonly number[],
): Promise<Attempt[]> => {
  const attempts: Attempt[] = [];
  for (const step of [...steps, null]) attempts.push(await train(out, step));
  return attempts;
};

const notesOf = ({ lines }: Attempt): string[] =>
  lines.filter(({ type }) => type === 'note').map(({ message }) => String(message));
/** Step from which an attempt went on, null where it began anew. */
export const continuedFrom = (attempt: Attempt): number | null => {
  const found = notesOf(attempt)
    .join('\n')
    .match(/^Continuing after step (\d+)/m);
  return found ? Number(found[1]) : null;
};
/** Whether it asked the base how likely the answers are. */
export const askedTheBase = (attempt: Attempt): boolean =>
  notesOf(attempt).some((message) => message.startsWith('asks the base once'));

/** The largest difference between the adapters of two runs. */
export const adaptersApart = (one: string, other: string): number => {
  const [a, b] = [one, other].map((out) => openSafetensors(join(out, 'adapter/adapter_model.safetensors')));
  const most = a!.names().map((name) => {
    const theirs = b!.readFloat32(name);
    return a!.readFloat32(name).reduce((m, x, i) => Math.max(m, Math.abs(x - theirs[i]!)), 0);
  });
  a!.close();
  b!.close();
  return Math.max(...most);
};
