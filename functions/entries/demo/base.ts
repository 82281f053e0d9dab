/** Which base the demonstration takes. */
import { NANO } from '../../../shared/catalog.ts';
import { type Line, runWorkerProgram } from '../cli/child.ts';

export type Substitute = { readonly wanted: string; readonly base: typeof NANO; readonly reason: string };

type Ask = {
  /** the base that the task's recipe names */
  readonly wanted: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  say(text: string): void;
};

/** Null where the task's own base is here or can be fetched. Where it can be had from nowhere: nano, and why. Any other
 *  trouble is left to the job, which meets it again and says it clearly. */
export const substituteFor = async ({ wanted, env, say }: Ask): Promise<Substitute | null> => {
  let failed: Line | null = null;
  await runWorkerProgram({
    args: ['fetch-base', wanted],
    env,
    line(value) {
      if (value['type'] === 'note') say(String(value['message']));
      if (value['type'] === 'failed') failed = value;
    },
    text: () => {},
  });
  const line = failed as Line | null; // only the callback writes it
  if (line?.['code'] !== 'base_unavailable') return null;
  return { wanted, base: NANO, reason: String(line['message']) };
};

export const toldAloud = ({ wanted, reason }: Substitute): string =>
  [
    `${reason}.`,
    `So this demonstration takes ${NANO} instead of ${wanted}: the tiny base that comes with the package.`,
    'It shows the way from drop to adapter, but it is a thousandth of the size: what it answers says nothing about a real base.',
    '',
  ].join('\n');
