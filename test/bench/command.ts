/** A whole command under the clock: when it said what, how long it took, and the memory of it and all it started. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

export type Said = { readonly seconds: number; readonly value: Readonly<Record<string, unknown>> };
export type CommandRun = {
  readonly seconds: number;
  /** most resident memory of the processes together, 10⁶ bytes; what they share is counted in each */
  readonly peak_rss_mb: number;
  /** of all cores and all processes, as far as it was seen: what a busy machine falsifies least */
  readonly cpu_seconds: number;
  /** lines of JSON on its stdout */
  readonly said: readonly Said[];
};

const EVERY_MS = 50;

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // it has just ended
  }
};

const TICKS = 100; // a second, whatever the kernel's own clock: see proc(5)

type Use = { readonly rss: number; readonly cpu: number };

/** Bytes and CPU seconds of a process, of the children it has, and of those it had. */
const useOfTree = (pid: number): Use => {
  const rss = Number(/VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;
  const stat = read(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const cpu = fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS;
  const children = read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
  return children
    .map(useOfTree)
    .reduce((sum, child) => ({ rss: sum.rss + child.rss, cpu: sum.cpu + child.cpu }), { rss, cpu });
};

const parsed = (line: string): Said['value'] | null => {
  try {
    return JSON.parse(line) as Said['value'];
  } catch {
    return null; // progress bars and the like
  }
};

const watch = (child: ChildProcess) => {
  let peak: Use = { rss: 0, cpu: 0 };
  const timer = setInterval(() => {
    const { rss, cpu } = useOfTree(child.pid ?? 0);
    peak = { rss: Math.max(peak.rss, rss), cpu: Math.max(peak.cpu, cpu) };
  }, EVERY_MS);
  return () => {
    clearInterval(timer);
    return { peak_rss_mb: peak.rss / 1e6, cpu_seconds: peak.cpu };
  };
};

type Environment = Readonly<Record<string, string | undefined>>;

/** From the start of the process to its end. Its stderr is shown only where it fails; `fine` are exit codes of a success. */
export const runCommand = async (
  command: readonly string[],
  env: Environment,
  fine: readonly number[] = [0],
): Promise<CommandRun> => {
  const [file, ...args] = command;
  const start = performance.now();
  const since = () => (performance.now() - start) / 1000;
  const child = spawn(file!, args, { env: { ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = new Promise<number | null>((resolve, reject) =>
    child.on('close', resolve).on('error', reject),
  );
  const used = watch(child);
  const complaint: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => complaint.push(text));
  const said: Said[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const value = parsed(line);
    if (value) said.push({ seconds: since(), value });
  });
  const code = await closed;
  const run = { seconds: since(), ...used(), said };
  if (!fine.includes(code ?? -1))
    throw new Error(`${command.join(' ')} ended with ${code}:\n${complaint.join('')}`);
  return run;
};
