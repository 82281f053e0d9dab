/** The engine as a child process: JSON lines out, stop lines in. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { EngineMessage, type StopRequest } from '../engines/contract.ts';

export type EngineExit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };
export type Engine = {
  stop(want: StopRequest['stop']): void;
  kill(): void;
  /** resolves when the process is gone and its last line was read; rejects when it cannot be started */
  readonly exited: Promise<EngineExit>;
};

type EngineStart = {
  readonly command: readonly [file: string, ...args: string[]];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onMessage: (message: EngineMessage) => void;
  /** a line of its stderr, or one on stdout that is not a message */
  readonly onText: (line: string) => void;
};

const parseLine = (line: string): EngineMessage | null => {
  try {
    return EngineMessage.parse(JSON.parse(line));
  } catch {
    return null;
  }
};

const eachLine = (input: NodeJS.ReadableStream, hear: (line: string) => void) =>
  createInterface({ input, crlfDelay: Infinity }).on('line', hear);

export const startEngine = ({ command, env, onMessage, onText }: EngineStart): Engine => {
  const [file, ...args] = command;
  // a group of its own: a terminal's Ctrl-C is for the supervisor alone, and what the engine starts can be ended with it
  const child = spawn(file, args, { env: { ...env }, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.on('error', () => {}); // it may die while a line is under way; its exit says so

  const kill = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // nobody of the group is left
    }
  };
  eachLine(child.stderr, onText);
  eachLine(child.stdout, (line) => {
    const message = parseLine(line);
    if (message) onMessage(message);
    else if (line.trim() !== '') onText(line);
  });

  child.once('exit', kill); // a grandchild must not hold the pipes open, nor the machine
  return {
    stop: (stop) => child.stdin.write(`${JSON.stringify({ stop } satisfies StopRequest)}\n`),
    kill,
    exited: once(child, 'close').then(([code, signal]) => ({ code, signal }) as EngineExit),
  };
};
