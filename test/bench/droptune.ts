/** The command line as a person calls it, from a benchmark. */
import { ROOT } from './python.ts';
import { type CommandRun, runCommand } from './command.ts';

export const sets = (settings: Readonly<Record<string, unknown>>): string[] =>
  Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${String(value)}`]);

export const droptune = (...args: readonly string[]): Promise<CommandRun> =>
  runCommand([process.execPath, `${ROOT}dist/functions/entries/cli.js`, ...args, '--json'], process.env);

/** The last line of a type that a command said. */
export const lastOf = ({ said }: CommandRun, type: string): Readonly<Record<string, unknown>> => {
  const found = said.findLast(({ value }) => value['type'] === type);
  if (!found) throw new Error(`no line of type ${type}: ${JSON.stringify(said.at(-1)?.value)}`);
  return found.value;
};
