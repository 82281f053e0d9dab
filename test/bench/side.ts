/** What both sides of `bench -- step` are asked and what they print: one JSON line a step, then one with the peak. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Keep } from '../../gpu-worker/autodiff/partition.ts';
import { ENGINE_ENV } from '../../gpu-worker/engines/index.ts';

export type StepAsk = {
  /** folder in Hugging Face layout */
  readonly base: string;
  readonly tokens: number;
  readonly rank: number;
  readonly alpha: number;
  readonly steps: number;
  readonly threads: number;
  /** what the forward pass keeps; `none`: both sides compute it again in the backward pass */
  readonly keep: Keep;
};

/** Milliseconds of each step, loss before it (nats), peak resident memory in 10⁶ bytes, number of trained values. */
export type StepResult = {
  readonly ms: readonly number[];
  readonly losses: readonly number[];
  readonly peak_rss_mb: number;
  readonly trained: number;
};

/** Runs one side as a process of its own. Its stderr is shown only where it fails. */
export const runSide = async (command: readonly string[], ask: StepAsk): Promise<StepResult> => {
  const [file, ...args] = command;
  const child = spawn(file!, [...args, JSON.stringify(ask)], {
    env: { ...(file === process.execPath && ENGINE_ENV), ...process.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const complaint: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => complaint.push(text));
  const closed = new Promise<number | null>((resolve, reject) =>
    child.on('close', resolve).on('error', reject),
  );

  const steps: { ms: number; loss: number }[] = [];
  let end: { peak_rss_mb: number; trained: number } | null = null;
  for await (const line of createInterface({ input: child.stdout })) {
    const value = JSON.parse(line) as { ms: number; loss: number } | { peak_rss_mb: number; trained: number };
    if ('ms' in value) steps.push(value);
    else end = value;
  }
  const code = await closed;
  if (code !== 0 || !end) throw new Error(`${command.join(' ')} ended with ${code}:\n${complaint.join('')}`);
  return { ...end, ms: steps.map(({ ms }) => ms), losses: steps.map(({ loss }) => loss) };
};
