/** What a command of the CLI is, and how its arguments are read. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { AppError } from '../../../shared/errors.ts';
import type { Terminal } from './terminal.ts';

export type Option = {
  readonly type: 'string' | 'boolean';
  readonly multiple?: true;
  /** what stands for the value in the help, e.g. FILE */
  readonly value?: string;
  readonly help: string;
};

export type Args = {
  readonly positionals: readonly string[];
  /** the last value given */
  text(name: string): string | undefined;
  /** every value given */
  list(name: string): readonly string[];
  on(name: string): boolean;
};

export type Cli = {
  readonly terminal: Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** one JSON document, or JSON lines, on stdout and nothing else there */
  readonly json: boolean;
};

export type Command = {
  /** without `droptune`, e.g. `drop FILE… [options]` */
  readonly usage: string;
  readonly summary: string;
  /** how many arguments that are no options */
  readonly arguments: { readonly min: number; readonly max: number };
  readonly options: Readonly<Record<string, Option>>;
  /** Resolves with the exit code. */
  run(args: Args, cli: Cli): Promise<number>;
};

const COMMON: Readonly<Record<string, Option>> = {
  json: { type: 'boolean', help: 'JSON on stdout, progress on stderr' },
  help: { type: 'boolean', help: 'this text' },
};

/** `npm run demo` is no sub-command. */
const commandLine = ({ usage }: Command): string => (usage.startsWith('npm ') ? usage : `droptune ${usage}`);

export const usageOf = (command: Command): string => {
  const options = Object.entries({ ...command.options, ...COMMON });
  const left = options.map(([name, { value }]) => `--${name}${value ? ` ${value}` : ''}`);
  const width = Math.max(...left.map((text) => text.length));
  const lines = options.map(([, { help }], i) => `  ${left[i]!.padEnd(width)}  ${help}`);
  return [`${command.summary}\n`, `Usage: ${commandLine(command)}\n`, ...lines, ''].join('\n');
};

/** Letters to change, add or drop until a is b. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
};

/** The name that was probably meant: two letters swapped count as two, `null` where none is near. */
export const nearest = (word: string, names: readonly string[]): string | null => {
  const [best] = names.map((name) => ({ name, far: distance(word, name) })).toSorted((a, b) => a.far - b.far);
  return best && best.far <= Math.max(word.length < 4 ? 1 : 2, Math.floor(word.length / 3))
    ? best.name
    : null;
};

const refuse = (message: string, hint: string): never => {
  throw new AppError('invalid_request', message, { hint });
};

const wrongUsage = (error: unknown, command: Command, names: readonly string[]): never => {
  const text = error instanceof Error ? error.message : String(error);
  const name = /'--?([^'\s=]+)/.exec(text)?.[1] ?? '';
  const meant = /unknown option/i.test(text) ? nearest(name, names) : null;
  const first = text.split('. ')[0] ?? text;
  return refuse(first, meant ? `Did you mean --${meant}?` : `Usage: ${commandLine(command)}`);
};

/** Throws `invalid_request` with a hint for an unknown option, a missing value, too many or too few arguments. */
export const readArgs = (command: Command, argv: readonly string[]): Args & { readonly help: boolean } => {
  const known = { ...command.options, ...COMMON };
  const options: NonNullable<ParseArgsConfig['options']> = Object.fromEntries(
    Object.entries(known).map(([name, { type, multiple = false }]) => [name, { type, multiple }]),
  );
  let parsed: { values: Record<string, unknown>; positionals: string[] };
  try {
    parsed = parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
  } catch (error) {
    return wrongUsage(error, command, Object.keys(known));
  }
  const { values, positionals } = parsed;
  const list = (name: string): readonly string[] => {
    const value = values[name];
    return Array.isArray(value) ? value.map(String) : typeof value === 'string' ? [value] : [];
  };
  const help = values['help'] === true;
  const { min, max } = command.arguments;
  if (!help && (positionals.length < min || positionals.length > max))
    return refuse(
      positionals.length < min
        ? 'An argument is missing'
        : `Too many arguments: ${positionals.slice(max).join(' ')}`,
      `Usage: ${commandLine(command)}`,
    );
  return { positionals, help, list, text: (name) => list(name).at(-1), on: (name) => values[name] === true };
};

/** An option's value where the command cannot do without. Throws `invalid_request`. */
export const need = (args: Args, name: string): string =>
  args.text(name) ?? refuse(`--${name} is missing`, `Give --${name}; --help says what it is`);
