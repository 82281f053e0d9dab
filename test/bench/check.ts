/** `droptune check` of one large chat file beside Together's client checker on the same file: speed, memory, and which of
 *  the planted defects each of them names. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DatasetReport } from '../../shared/contracts/dataset.ts';
import { writeChats, type Planted } from './check-data.ts';
import { runCommand, type CommandRun } from './command.ts';
import { ROOT } from './python.ts';

const OPTIONS = {
  mb: { type: 'string', default: '1000' },
  seed: { type: 'string', default: '1' },
  /** without any defect: what a checker that ends at its first error is measured on */
  clean: { type: 'boolean', default: false },
  /** versions of the package `together`; a path is a Python that has it */
  together: { type: 'string', multiple: true },
} as const;

const TOGETHER = ['3.1.1'];

const say = (text: string) => process.stderr.write(`${text}\n`);

const execute = (file: string, args: readonly string[]) =>
  execFileSync(file, args, { stdio: ['ignore', 'ignore', 'inherit'] });

/** A Python with this version of Together's package, made under .droptune the first time. */
const togetherPython = (version: string): string => {
  if (version.includes('/')) return version;
  const venv = `${ROOT}.droptune/together-${version}`;
  const python = `${venv}/bin/python`;
  if (existsSync(`${venv}/bin/together`)) return python;
  execute(process.env['PYTHON'] ?? 'python3', ['-m', 'venv', venv]);
  execute(python, ['-m', 'pip', 'install', '--quiet', `together==${version}`]);
  return python;
};

/** What a checker said, by what was planted: how many of them. */
type Side = Pick<CommandRun, 'seconds' | 'cpu_seconds' | 'peak_rss_mb'> & {
  readonly mb_per_second: number;
  readonly load: number;
  readonly found: Readonly<Record<string, number>>;
  readonly verdict: string;
};

const sideOf = async (
  command: readonly string[],
  bytes: number,
  read: (said: unknown) => Pick<Side, 'found' | 'verdict'>,
): Promise<Side> => {
  const [load] = loadavg();
  const { said, ...run } = await runCommand(command, process.env, [0, 2]);
  const mb_per_second = bytes / 1e6 / run.seconds;
  return { ...run, mb_per_second, load: load!, ...read(said.at(-1)?.value) };
};

const ofOurs =
  ({ finds }: Planted) =>
  (said: unknown): Pick<Side, 'found' | 'verdict'> => {
    const report = DatasetReport.parse(said);
    const counts = new Map<string, number>([
      ...report.problems.map(({ code, count }) => [code, count] as const),
      ...Object.entries(report.personal ?? {}),
    ]);
    const { in: all, train, held_out } = report.rows;
    return {
      found: Object.fromEntries(
        Object.entries(finds).map(([name, codes]) => [
          name,
          codes.reduce((sum, code) => sum + (counts.get(code) ?? 0), 0),
        ]),
      ),
      verdict: `${report.status}: ${train} + ${held_out} of ${all} rows are used`,
    };
  };

const ofTogether = (said: unknown): Pick<Side, 'found' | 'verdict'> => {
  const { is_check_passed, message, load_json } = said as Record<string, unknown>;
  const found = load_json === false && String(message).includes('json payload') ? { 'broken JSON': 1 } : {};
  return { found, verdict: `${is_check_passed ? 'passed' : 'ends at its first error'}: ${String(message)}` };
};

const table = (planted: Planted['planted'], sides: ReadonlyMap<string, Side>): string => {
  const all = [...sides.values()];
  const figures: [string, (side: Side) => string][] = [
    ['MB/s', ({ mb_per_second: x }) => x.toFixed(1)],
    ['seconds', ({ seconds }) => seconds.toFixed(1)],
    ['CPU seconds', ({ cpu_seconds }) => cpu_seconds.toFixed(1)],
    ['peak MB', ({ peak_rss_mb }) => peak_rss_mb.toFixed(0)],
    ['load before', ({ load }) => load.toFixed(1)],
  ];
  const lines = [
    ['', 'planted', ...sides.keys()],
    ...figures.map(([name, of]) => [name, '', ...all.map(of)]),
    ...Object.entries(planted).map(([name, n]) => [
      name,
      String(n),
      ...all.map(({ found }) => String(found[name] ?? 0)),
    ]),
  ];
  return lines
    .map(([name, ...cells]) => name!.padEnd(22) + cells.map((cell) => cell.padStart(18)).join(''))
    .join('\n');
};

export const benchCheck = async (argv: readonly string[]): Promise<object> => {
  const { values } = parseArgs({ args: [...argv], options: OPTIONS });
  const wanted = values.together ?? TOGETHER;
  const pythons = wanted.map((version) => [version, togetherPython(version)] as const);
  const scratch = mkdtempSync(join(tmpdir(), 'bench-check-'));
  try {
    const file = join(scratch, 'chats.jsonl');
    const wish = { bytes: Number(values.mb) * 1e6, seed: Number(values.seed), clean: values.clean };
    const data = await writeChats(file, wish);
    say(`${data.rows} rows, ${(data.bytes / 1e6).toFixed(0)} MB`);
    const sides = new Map<string, Side>();
    const cli = [process.execPath, `${ROOT}dist/functions/entries/cli.js`, 'check', file, '--json'];
    sides.set('ours', await sideOf(cli, data.bytes, ofOurs(data)));
    for (const [version, python] of pythons) {
      const command = [python, `${ROOT}test/python/check_together.py`, file];
      sides.set(`together ${version}`, await sideOf(command, data.bytes, ofTogether));
    }
    say(`\n${table(data.planted, sides)}\n`);
    for (const [name, { verdict }] of sides) say(`${name}: ${verdict}`);
    return {
      ask: values,
      rows: data.rows,
      bytes: data.bytes,
      planted: data.planted,
      sides: Object.fromEntries(sides),
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
};
