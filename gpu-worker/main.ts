/** The worker's command line. Every command is loaded when it is called; what it prints are JSON lines. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError, toWire } from '../shared/errors.ts';
import { EXIT_CODE, REFUSED } from './exit-code.ts';

type Environment = Readonly<Record<string, string | undefined>>;
/** Returns the exit code. */
type Command = (argv: readonly string[], env: Environment) => Promise<number>;

const printLine = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`);

const printText = (line: string) => process.stdout.write(`${line}\n`);

const serve: Command = async (argv, env) => {
  const { containerCommand } = await import('./container/command.ts');
  return containerCommand(argv, { env, main: fileURLToPath(import.meta.url), say: printText });
};

const worker: Command = async (argv, env) => {
  if (argv.includes('--serve')) return serve(argv, env);
  const [specUri] = argv;
  const { runWorker } = await import('./run.ts');
  const { openStorage, parseObjectUri } = await import('../shared/storage/index.ts');
  const { stopSwitch } = await import('./supervisor/stop.ts');
  const { TIMING } = await import('./supervisor/timing.ts');
  if (specUri === undefined)
    throw new AppError(
      'invalid_request',
      'Which run? Give the URI of its spec.json: worker SPEC_URI, or wait for one: worker --serve',
    );
  const own = env['DROPTUNE_STORAGE'];
  const { store, key } = parseObjectUri(specUri, own === undefined ? own : openStorage(own).uri);

  const stop = stopSwitch();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.ask('shutdown'));
  const outcome = await runWorker({
    storage: openStorage(store),
    specKey: key,
    token: randomUUID(),
    machine: `${hostname()}:${process.pid}`,
    home: resolve(env['DROPTUNE_HOME'] ?? '.droptune'),
    env,
    stop,
    timing: TIMING,
    now: Date.now,
    say: printLine,
  });
  return EXIT_CODE[outcome];
};

const COMMANDS: Readonly<Record<string, Command>> = {
  worker,
  estimate: async (argv, env) => (await import('./estimate.ts')).estimateCommand(argv, env, printLine),
  evaluate: async (argv, env) => (await import('./evaluate/command.ts')).evaluateCommand(argv, env),
  'check-tokens': async (argv, env) =>
    (await import('./check-tokens/command.ts')).checkTokensCommand(argv, env, printLine),
  preview: async (argv, env) => (await import('./preview/command.ts')).previewCommand(argv, env, printLine),
  generate: async (argv, env) => (await import('./serve/command.ts')).generateCommand(argv, env),
  'fetch-base': async (argv, env) =>
    (await import('./weights/command.ts')).fetchBaseCommand(argv, env, printLine),
  'make-nano': async (argv) => (await import('./nano/make/command.ts')).makeNanoCommand(argv, printLine),
  parity: async (folders) => {
    const { parityCommand } = await import('./parity/command.ts');
    const { threadsHere } = await import('./runtime/machine.ts');
    return parityCommand(folders, threadsHere());
  },
};

const main = async ([name = '', ...argv]: readonly string[]): Promise<number> => {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command)
    throw new AppError(
      'invalid_request',
      `No command ${JSON.stringify(name)}: there are ${Object.keys(COMMANDS).join(', ')}`,
    );
  return command(argv, process.env);
};

process.stdout.on('error', () => {}); // whoever read it is gone; the run's own files say everything
const code = await main(process.argv.slice(2)).catch((error: unknown) => {
  const wire = toWire(error);
  printLine({ type: 'failed', ...wire, hint: null });
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return wire.code === 'invalid_request' || wire.code === 'not_found' ? REFUSED : 1;
});
process.exit(code); // a download that was given up must not hold the process
